import type { EventDefinition } from '../define-event.ts'
import type { EventEnvelope } from '../subscribe.ts'

/** A row of the log. `id` orders, `event_id` identifies. */
export type LoggedEvent = Readonly<{
  id: number
  day: string
  event_id: string
  type: string
  source: string
  partition_key: string
  correlation_id: string
  causation_id: string | null
  traceparent: string | null
  occurred_at: Date
  data: unknown
  /** True for an event of another service, which a broker brought here. */
  ingested: boolean
}>

/** The columns of a `LoggedEvent` in a query of `platform.event`. */
export const eventColumns =
  'event.id, event.day::text as day, event.event_id, event.type, event.source, event.partition_key, ' +
  'event.correlation_id, event.causation_id, event.traceparent, event.occurred_at, event.data, event.ingested'

/** The envelope of a row, as handlers receive it. */
export const toEnvelope = (event: LoggedEvent, { alias }: Pick<EventDefinition, 'alias'>): EventEnvelope<never> => ({
  event_id: event.event_id,
  event_type: event.type,
  timestamp: event.occurred_at.toISOString(),
  service: event.source,
  payload: event.data as never,
  metadata: {
    key: event.partition_key,
    correlation_id: event.correlation_id,
    causation_id: event.causation_id ?? undefined,
    traceparent: event.traceparent ?? undefined,
    alias,
  },
})
