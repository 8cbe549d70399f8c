import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { timeText } from '#platform/values'
import { ownerAnswers } from '../../answers.ts'
import { freshTime } from '../../auth/owner-proof.ts'
import { authBodyLimit } from '../../schema.ts'
import { revertTime } from '../merge.ts'
import { RevertMergeBody } from '../schema.ts'
import type { RevertMerge, RevertMergeOutcome } from './revert-merge.ts'

const mergeAnswers = {
  'merge-final': answer(
    409,
    `The merge can no longer be reversed: more than ${timeText(revertTime, 'en')} have passed.`,
    `Объединение уже нельзя отменить: прошло больше ${timeText(revertTime, 'ru')}.`,
  ),
  'account-closed': answer(
    409,
    'The account has since been merged into another one or deleted. Reverse that merge first.',
    'С тех пор эту учётную запись объединили с другой или удалили. Сначала отмените то объединение.',
  ),
  'identity-gone': answer(
    409,
    'Another account now has the ways to sign in of one of the two accounts.',
    'Способы входа одной из двух учётных записей теперь принадлежат другой.',
  ),
} satisfies Record<'merge-final' | 'account-closed' | 'identity-gone', Answer>

const answers = { ...ownerAnswers, ...mergeAnswers } satisfies Record<ReasonOf<RevertMergeOutcome>, Answer>

const reverted = { 204: Type.Null({ description: 'The two accounts are separate again' }) }
const repeat = 'Changes nothing more.'

export const revertMergeRoutes =
  ({ revertMerge }: Readonly<{ revertMerge: RevertMerge }>): Routes =>
  (http) => {
    const own = {
      tags: ['identity'],
      summary: 'Reverse a merge into your account',
      description: `Possible for ${timeText(revertTime, 'en')}. The other account gets back its ways to sign in, its orders and its part of the cart; all sessions except this one end. An account with a password needs the password; any other account needs a sign-in within the last ${timeText(freshTime, 'en')}. A password that was changed since the merge does not come back.`,
      params: IdParams,
      body: RevertMergeBody,
      response: { ...reverted, ...problemsOf(answers) },
    }
    const ownConfig = { access: 'user', bodyLimit: authBodyLimit, bodyOptional: true, repeat } as const
    http.post('/auth/merge/:id/undo', { schema: own, config: ownConfig }, async (request, reply) => {
      const { caller, params, body } = request
      const { user_id, sid: session_id } = userOf(caller)
      const owner = { user_id, session_id, password: body.password }
      const outcome = await revertMerge({ merge_id: params.id, caller, owner })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
    const byStaff = {
      tags: ['identity'],
      summary: 'Reverse a merge of two accounts',
      description: 'The history of a user shows the ids of the merges. All sessions of both accounts end.',
      params: IdParams,
      body: NoBody,
      response: { ...reverted, ...problemsOf(mergeAnswers) },
    }
    const config = { access: { permission: 'users.write' }, repeat }
    http.post('/admin/merges/:id/undo', { schema: byStaff, config }, async (request, reply) => {
      const { caller, params } = request
      const outcome = await revertMerge({ merge_id: params.id, caller })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
