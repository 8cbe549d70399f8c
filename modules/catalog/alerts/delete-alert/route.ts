import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { AlertParams } from '../schema.ts'
import type { DeleteAlert } from './delete-alert.ts'

const schema = {
  tags: ['catalog'],
  summary: 'Cancel a subscription to a variant',
  params: AlertParams,
  response: { 204: Type.Null() },
}

export const deleteAlertRoute =
  ({ deleteAlert }: Readonly<{ deleteAlert: DeleteAlert }>): Routes =>
  (http) => {
    const config = { access: 'user' } as const
    http.delete('/catalog/variants/:id/alerts/:kind', { schema, config }, async ({ caller, params }, reply) => {
      const { user_id } = userOf(caller)
      const outcome = await deleteAlert({ user_id, variant_id: params.id.toLowerCase(), kind: params.kind })
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
