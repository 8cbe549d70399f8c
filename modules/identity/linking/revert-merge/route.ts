import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import { timeText } from '#platform/values'
import { revertTime } from '../merge.ts'
import type { RevertMerge, RevertMergeOutcome } from './revert-merge.ts'

const answers = {
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
} satisfies Record<ReasonOf<RevertMergeOutcome>, Answer>

const response = { 204: Type.Null({ description: 'The two accounts are separate again' }), ...problemsOf(answers) }
const repeat = 'Changes nothing more.'

export const revertMergeRoutes =
  ({ revertMerge }: Readonly<{ revertMerge: RevertMerge }>): Routes =>
  (http) => {
    const own = {
      tags: ['identity'],
      summary: 'Reverse a merge into your account',
      description: `Possible for ${timeText(revertTime, 'en')}. The other account gets back its ways to sign in, its orders and its part of the cart; all sessions except this one end.`,
      params: IdParams,
      body: NoBody,
      response,
    }
    http.post('/auth/merge/:id/undo', { schema: own, config: { access: 'user', repeat } }, async (request, reply) => {
      const { caller, params } = request
      const { user_id: survivor_id, sid: session_id } = userOf(caller)
      const outcome = await revertMerge({ merge_id: params.id, caller, survivor_id, session_id })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
    const byStaff = {
      tags: ['identity'],
      summary: 'Reverse a merge of two accounts',
      description: 'The history of a user shows the ids of the merges. All sessions of both accounts end.',
      params: IdParams,
      body: NoBody,
      response,
    }
    const config = { access: { permission: 'users.write' }, repeat }
    http.post('/admin/merges/:id/undo', { schema: byStaff, config }, async (request, reply) => {
      const { caller, params } = request
      const outcome = await revertMerge({ merge_id: params.id, caller })
      return isRefusal(outcome) ? refuse(reply, outcome, answers) : reply.code(204).send(null)
    })
  }
