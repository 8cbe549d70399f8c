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
import { isRefusal, notFound, type NotFound } from '#platform/outcome'
import { TrackedParcelView } from '../schema.ts'
import type { TrackParcel } from './query.ts'

const tags = ['dispatch']
const summary = 'Follow the courier by the tracking link of a parcel'
const description =
  'The link shows nothing after the delivery. It shows the position of the courier while the customer is the next stop.'
const params = Type.Object({ token: Type.String({ minLength: 43, maxLength: 43 }) })
const one = { tags, summary, description, params, response: { 200: TrackedParcelView } }
const stream = {
  tags,
  summary: `${summary}, as server-sent events`,
  description,
  params,
  headers: streamHeaders,
  response: { ...eventStream, ...problemsOf(streamAnswers) },
}

export const trackParcelRoutes =
  ({ trackParcel }: Readonly<{ trackParcel: TrackParcel }>): Routes =>
  (http) => {
    const config = { access: 'anyone' } as const
    http.get('/dispatch/track/:token', { schema: one, config }, async ({ params }, reply) => {
      const outcome = await trackParcel(params.token)
      if (isRefusal(outcome) || outcome.isOver) return refuse(reply, notFound('parcel'))
      return outcome.parcel
    })
    http.get('/dispatch/track/:token/events', { schema: stream, config }, (request, reply) =>
      streamEvents(request, reply, trackReader(trackParcel, request.params.token)),
    )
  }

/** Sends the parcel whenever it is different; the last event says how it ended. A link that is over opens no stream. */
function trackReader(trackParcel: TrackParcel, token: string) {
  let sent: string | undefined
  return async (after: number): Promise<NewEvents<TrackedParcelView> | NotFound> => {
    const outcome = await trackParcel(token)
    if (isRefusal(outcome)) return outcome
    const { parcel, isOver } = outcome
    if (sent === undefined && isOver) return { kind: 'found', events: [], isOver }
    const text = JSON.stringify(parcel)
    const events = text === sent ? [] : [{ id: after + 1, event: 'parcel', data: parcel }]
    sent = text
    return { kind: 'found', events, isOver }
  }
}
