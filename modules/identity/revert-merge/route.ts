import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { answer, problemsOf, refuse, type Answer, type Routes } from '#platform/http'
import { isRefusal, type ReasonOf } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { RevertMerge, RevertMergeOutcome } from './revert-merge.ts'

const answers = {
  'merge-final': answer(
    409,
    'The thirty days in which this merge could be reversed are over.',
    'Тридцать дней, в которые это объединение можно было отменить, прошли.',
  ),
  'account-closed': answer(
    409,
    'The account was merged into another one or deleted since: reverse that merge first.',
    'Эту учётную запись с тех пор объединили с другой или удалили: сначала отмените то объединение.',
  ),
  'identity-gone': answer(
    409,
    'The ways to sign in of one of the two accounts belong to another account now.',
    'Способы входа одной из двух учётных записей теперь принадлежат другой.',
  ),
} satisfies Record<ReasonOf<RevertMergeOutcome>, Answer>

const response = { 204: Type.Null({ description: 'The accounts are two again' }), ...problemsOf(answers) }
const repeat = 'Changes nothing more.'

export const revertMergeRoutes =
  ({ revertMerge }: Readonly<{ revertMerge: RevertMerge }>): Routes =>
  (http) => {
    const own = {
      tags: ['identity'],
      summary: 'Reverse a merge into your account',
      description:
        'For thirty days. The other account gets its ways to sign in, its orders and its part of the cart back, and all sessions but this one end.',
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
      description: 'The history of a user shows the ids of its merges. All sessions of both accounts end.',
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
