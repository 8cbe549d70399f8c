import { Type } from 'typebox'
import { userOf } from '#platform/access'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteAddress } from './delete-address.ts'

export const deleteAddressRoute =
  ({ deleteAddress }: Readonly<{ deleteAddress: DeleteAddress }>): Routes =>
  (http) => {
    const schema = {
      tags: ['identity'],
      summary: 'Delete a saved address',
      params: IdParams,
      response: { 204: Type.Null({ description: 'Deleted' }) },
    }
    http.delete('/auth/me/addresses/:id', { schema, config: { access: 'user' } }, async ({ caller, params }, reply) => {
      const outcome = await deleteAddress({ user_id: userOf(caller).user_id, id: params.id.toLowerCase() })
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
