import { Type } from 'typebox'
import { answer, eventStream, problemsOf, refuse, streamEvents, type Answer, type Routes } from '#platform/http'
import { isRefusal } from '#platform/outcome'
import { TrackingView, type TimelineEntry } from '../schema.ts'
import { isOver } from '../shipment.ts'
import type { TrackShipment } from './query.ts'

const tags = ['delivery']
const summary = 'Track a parcel by the link of its customer'
const params = Type.Object({ token: Type.String({ minLength: 43, maxLength: 43 }) })

const answers = {
  'too-many-watchers': answer(
    503,
    'Too many people follow parcels now: try again in ten seconds.',
    'Сейчас слишком многие следят за посылками: попробуйте через десять секунд.',
  ),
} satisfies Record<string, Answer>

const one = { tags, summary, params, response: { 200: TrackingView } }
const stream = {
  tags,
  summary: `${summary}, as server-sent events`,
  params,
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 20 })) }),
  response: {
    200: eventStream,
    204: Type.Null({ description: 'The client has the last event and must not reconnect' }),
    ...problemsOf(answers),
  },
}

/** Each watcher costs one indexed read a second, so a process serves at most this many. */
const mostWatchers = 200

const tooManyWatchers = { kind: 'refused', reason: 'too-many-watchers', retry_after: 10 } as const

type Needs = Readonly<{ trackShipment: TrackShipment; most?: number }>

export const trackShipmentRoutes =
  ({ trackShipment, most = mostWatchers }: Needs): Routes =>
  (http) => {
    const config = { access: 'anyone' } as const
    http.get('/delivery/track/:token', { schema: one, config }, async ({ params }, reply) => {
      const outcome = await trackShipment(params.token)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { ...outcome.tracking, timeline: [...outcome.tracking.timeline] }
    })

    let watchers = 0
    http.get('/delivery/track/:token/events', { schema: stream, config }, async (request, reply) => {
      const { token } = request.params
      const outcome = await trackShipment(token)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      const { status, timeline } = outcome.tracking
      // An EventSource that gets 204 does not reconnect.
      if (isOver(status) && Number(request.headers['last-event-id']) >= timeline.length)
        return reply.code(204).send(null)
      if (watchers >= most) return refuse(reply, tooManyWatchers, answers)
      watchers++
      reply.raw.once('close', () => watchers--)
      const after = async (id: number) => entriesAfter(id, await trackShipment(token))
      return streamEvents(request, reply, { after, isLast: ({ data }) => isOver((data as TimelineEntry).status) })
    })
  }

/** The id of an entry is its position in the timeline. */
function entriesAfter(id: number, outcome: Awaited<ReturnType<TrackShipment>>) {
  const timeline = outcome.kind === 'found' ? outcome.tracking.timeline : []
  return timeline.slice(id).map((entry, i) => ({ id: id + i + 1, event: 'shipment', data: entry }))
}
