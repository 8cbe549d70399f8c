import { userOf } from '#platform/access'
import { eventStream, refuse, streamEvents, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { IdParams } from '#platform/schema'
import { timelineEntryOf } from '../order-view.ts'
import { isOver } from '../order.ts'
import type { FollowOrder } from './query.ts'

export const followOrderRoute =
  ({ followOrder }: Readonly<{ followOrder: FollowOrder }>): Routes =>
  (http) => {
    const schema = {
      tags: ['ordering'],
      summary: 'Follow the timeline of your order',
      description: 'Server-sent events; `Last-Event-ID` continues after that entry. The stream ends with the order.',
      params: IdParams,
      response: { 200: eventStream },
    }
    http.get('/orders/:id/events', { schema, config: { access: 'user' } }, async (request, reply) => {
      const found = await followOrder(request.params.id, userOf(request.caller).user_id)
      if (isRefusal(found)) return refuse(reply, found)
      return await streamEvents(request, reply, {
        after: async (id) =>
          (await found.entriesAfter(id)).map((entry) => ({
            id: entry.id,
            event: entry.event,
            data: timelineEntryOf(entry),
          })),
        isLast: ({ data }) => isOver(data.status),
      })
    })
  }
