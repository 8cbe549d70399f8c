import { sql } from 'kysely'
import { batched } from '#platform/db'

/** An event as `platform.event` stores it; the database adds the id, the transaction and the time. */
export type EventRow = Readonly<{
  event_id: string
  type: string
  source: string
  key: string
  data: Readonly<Record<string, unknown>>
  correlation_id: string
  causation_id?: string | undefined
  traceparent?: string | undefined
}>

/** Appends events to the log. Handlers that share a transaction share one statement. */
export const insertEvents = batched<readonly EventRow[], void>(async (tx, rows) => {
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, data)
    select event_id, type, source, key, key, correlation_id, causation_id, traceparent, data
    from jsonb_to_recordset(${JSON.stringify(rows.flat())}::jsonb) as published(
      event_id uuid, type text, source text, key text, correlation_id uuid, causation_id uuid, traceparent text, data jsonb)
  `.execute(tx)
})
