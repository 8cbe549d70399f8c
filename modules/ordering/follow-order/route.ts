import { Type } from 'typebox'
import { eventStream, userOf, streamEvents, type Routes } from '#platform/http'
import type { FollowOrder } from './query.ts'

const params = Type.Object({ id: Type.String({ format: 'uuid' }) })

export const followOrderRoute =
  (followOrder: FollowOrder): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'The timeline of an order of mine as it happens',
      description: 'Server-sent events; `Last-Event-ID` goes on where a reader left off. Ends with the order.',
      params,
      response: { 200: eventStream },
    }
    http.get('/orders/:id/events', { schema, config: { access: 'customer' } }, async (request, reply) => {
      const stream = await followOrder(request.params.id, userOf(request.caller).user_id)
      await streamEvents(request, reply, stream)
    })
  }
