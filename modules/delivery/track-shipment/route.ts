import { Type } from 'typebox'
import { answer, eventStream, notFound, Problem, problemsOf, streamEvents, type Routes } from '#platform/http'
import { trackExample } from '../examples.ts'
import { MethodName, StatusName, Timeline } from '../shipment-view.ts'
import { isOver, type Status } from '../status.ts'
import type { TrackShipment } from './query.ts'

const params = Type.Object({ token: Type.String({ minLength: 43, maxLength: 43 }) })
const headers = Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 20 })) })
const tracking = Type.Object(
  { method: MethodName, status: StatusName, timeline: Timeline },
  { examples: [trackExample] },
)

const streamed = {
  200: eventStream,
  204: Type.Null({ description: 'The end has been seen: do not come back' }),
  ...problemsOf({ unavailable: answer(503, 'Too many are watching', 'Слишком много наблюдателей') }),
}

/** Anybody may watch, and each watcher costs one indexed read a second: a process serves this many at once. */
const mostWatchers = 200

export const trackShipmentRoutes =
  (track: TrackShipment, most = mostWatchers): Routes =>
  (http) => {
    const found = async (token: string) => {
      const shown = await track(token)
      if (!shown) throw notFound('shipment')
      return { ...shown, timeline: [...shown.timeline] }
    }

    const summary = 'How far a parcel is, for anybody with its link'
    const look = { tags: ['delivery'], summary, params, response: { 200: tracking } }
    http.get('/delivery/track/:token', { schema: look, config: { access: 'anyone' } }, ({ params }) =>
      found(params.token),
    )

    let watchers = 0
    const watch = {
      tags: ['delivery'],
      summary: `${summary}, as server-sent events`,
      params,
      headers,
      response: streamed,
    }
    http.get(
      '/delivery/track/:token/events',
      { schema: watch, config: { access: 'anyone' } },
      async (request, reply) => {
        const { token } = request.params
        const { status, timeline } = await found(token)
        // Who has seen the end is told not to come back: 204 stops an EventSource.
        if (isOver(status) && Number(request.headers['last-event-id']) >= timeline.length)
          return reply.code(204).send(null)
        if (watchers >= most) {
          void reply.header('retry-after', '10')
          throw new Problem(503, 'unavailable')
        }
        watchers++
        reply.raw.once('close', () => watchers--)
        return streamEvents(request, reply, { after: async (id) => stepsAfter(id, await track(token)), isLast })
      },
    )
  }

type Steps = Readonly<{ timeline: readonly { status: Status; at: string }[] }>

/** A step's id is its place in the timeline. */
const stepsAfter = (id: number, { timeline }: Steps = { timeline: [] }) =>
  timeline.slice(id).map((step, i) => ({ id: id + i + 1, event: 'shipment', data: step }))

const isLast = ({ data }: { data: unknown }) => isOver((data as { status: Status }).status)
