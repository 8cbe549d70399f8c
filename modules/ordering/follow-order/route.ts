import { userOf } from '#platform/access'
import {
  eventStream,
  problemsOf,
  refuse,
  streamAnswers,
  streamEvents,
  streamHeaders,
  streamTokenFor,
  streamTokenQuery,
  StreamTokenView,
  type Routes,
} from '#platform/http'
import { isRefusal, notFound } from '#platform/outcome'
import { IdParams, NoBody } from '#platform/schema'
import type { OrderLinks } from '../order-links.ts'
import { timelineEntryOf } from '../order-view.ts'
import { isOver } from '../order.ts'
import { LinkParams } from '../schema.ts'
import type { FollowOrder, Position } from './query.ts'

const tags = ['ordering']

const stream = {
  tags,
  summary: 'Follow the timeline of your order',
  description: `Server-sent events; \`Last-Event-ID\` continues after that entry. The stream ends with the order and
its returns, with the session, and with the access token. A browser opens it with a token in the query, because an \`EventSource\` sends no
\`Authorization\`:

\`\`\`js
const response = await fetch(\`/api/v1/orders/\${id}/events/token\`, {
  method: 'POST',
  headers: { authorization: \`Bearer \${accessToken}\` },
})
const { url } = await response.json()
const events = new EventSource(url)
events.addEventListener('order-paid', ({ lastEventId, data }) => console.log(lastEventId, JSON.parse(data)))
// A closed stream needs a new token. It begins with the first entry again: skip the ids that you have.
events.addEventListener('error', () => events.readyState === EventSource.CLOSED && openAgain())
\`\`\`

Each entry is sent under its own name, such as \`order-paid\`.`,
  params: IdParams,
  querystring: streamTokenQuery,
  headers: streamHeaders,
  response: { ...eventStream, ...problemsOf(streamAnswers) },
}

const token = {
  tags,
  summary: 'Get a token for the stream of your order',
  description: 'Within a minute, the token opens the events of this order, any number of times. It opens nothing else.',
  params: IdParams,
  body: NoBody,
  response: { 201: StreamTokenView },
}

const linked = {
  tags,
  summary: 'Follow the order of a private link',
  description:
    'Server-sent events, as for an account; the link needs no other token. The stream ends with the order and its returns.',
  params: LinkParams,
  headers: streamHeaders,
  response: { ...eventStream, ...problemsOf(streamAnswers) },
}

type Needs = Readonly<{ followOrder: FollowOrder; orderLinks: OrderLinks }>

export const followOrderRoutes =
  ({ followOrder, orderLinks }: Needs): Routes =>
  (http) => {
    const newEntries = (order: Omit<Position, 'after'>) => async (after: number) => {
      const found = await followOrder({ ...order, after })
      if (isRefusal(found)) return found
      const { entries, status, has_open_return } = found
      const events = entries.map((entry) => ({ id: entry.number, event: entry.event, data: timelineEntryOf(entry) }))
      return { kind: 'found', events, isOver: isOver(status) && !has_open_return } as const
    }

    const config = { access: 'user', streamToken: true } as const
    http.get('/orders/:id/events', { schema: stream, config }, (request, reply) => {
      const order = { order_id: request.params.id, access: userOf(request.caller) }
      return streamEvents(request, reply, newEntries(order))
    })

    http.get('/orders/by-link/:token/events', { schema: linked, config: { access: 'anyone' } }, (request, reply) => {
      const access = orderLinks.read(request.params.token)
      if (!access) return refuse(reply, notFound('order'))
      return streamEvents(request, reply, newEntries({ order_id: access.order_id, access }))
    })

    http.post(
      '/orders/:id/events/token',
      { schema: token, config: { access: 'user', repeat: 'Issues another token.' } },
      async (request, reply) => {
        const { id } = request.params
        const found = await followOrder({ order_id: id, access: userOf(request.caller), after: 0 })
        if (isRefusal(found)) return refuse(reply, found)
        return reply.code(201).send(streamTokenFor(request, `/api/v1/orders/${id}/events`))
      },
    )
  }
