import { Type } from 'typebox'
import {
  eventStream,
  problemsOf,
  refuse,
  streamAnswers,
  streamEvents,
  streamHeaders,
  type NewEvents,
  type Routes,
} from '#platform/http'
import { isRefusal, type NotFound } from '#platform/outcome'
import { TrackingView, type TimelineEntry } from '../schema.ts'
import { isOver } from '../shipment.ts'
import type { TrackShipment } from './query.ts'

const tags = ['delivery']
const summary = 'Track a parcel by the link that its customer has'
const params = Type.Object({ token: Type.String({ minLength: 43, maxLength: 43 }) })

const one = { tags, summary, params, response: { 200: TrackingView } }
const stream = {
  tags,
  summary: `${summary}, as server-sent events`,
  params,
  headers: streamHeaders,
  response: { ...eventStream, ...problemsOf(streamAnswers) },
}

export const trackShipmentRoutes =
  ({ trackShipment }: Readonly<{ trackShipment: TrackShipment }>): Routes =>
  (http) => {
    const config = { access: 'anyone' } as const
    http.get('/delivery/track/:token', { schema: one, config }, async ({ params }, reply) => {
      const outcome = await trackShipment(params.token)
      if (isRefusal(outcome)) return refuse(reply, outcome)
      return { ...outcome.tracking, timeline: [...outcome.tracking.timeline] }
    })

    http.get('/delivery/track/:token/events', { schema: stream, config }, (request, reply) =>
      streamEvents(request, reply, async (after) => entriesAfter(after, await trackShipment(request.params.token))),
    )
  }

/** The id of an entry is its position in the timeline. */
function entriesAfter(id: number, outcome: Awaited<ReturnType<TrackShipment>>): NewEvents<TimelineEntry> | NotFound {
  if (isRefusal(outcome)) return outcome
  const { status, timeline } = outcome.tracking
  const events = timeline.slice(id).map((entry, i) => ({ id: id + i + 1, event: 'shipment', data: entry }))
  return { kind: 'found', events, isOver: isOver(status) }
}
