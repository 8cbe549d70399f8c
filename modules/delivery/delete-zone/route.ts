import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteZone } from './delete-zone.ts'

const schema = { tags: ['delivery'], summary: 'Delete a zone', params: IdParams, response: { 204: Type.Null() } }

export const deleteZoneRoute =
  ({ deleteZone }: Readonly<{ deleteZone: DeleteZone }>): Routes =>
  (http) => {
    const config = { access: { permission: 'delivery.write' } }
    http.delete('/admin/delivery-zones/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteZone(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
