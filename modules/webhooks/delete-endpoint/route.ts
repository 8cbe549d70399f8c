import { Type } from 'typebox'
import { refuse, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import type { DeleteEndpoint } from './delete-endpoint.ts'

const schema = {
  tags: ['webhooks'],
  summary: 'Delete an endpoint with the log of its deliveries',
  params: IdParams,
  response: { 204: Type.Null() },
}

export const deleteEndpointRoute =
  ({ deleteEndpoint }: Readonly<{ deleteEndpoint: DeleteEndpoint }>): Routes =>
  (http) => {
    const config = { access: { permission: 'settings.write' } }
    http.delete('/admin/webhooks/:id', { schema, config }, async ({ params }, reply) => {
      const outcome = await deleteEndpoint(params.id)
      return isRefusal(outcome) ? refuse(reply, outcome) : reply.code(204).send(null)
    })
  }
