import { sql } from 'kysely'
import { afterCommit, batched, type AnyTx } from '#platform/db'
import { currentContext, type TraceContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { NewEvent } from './define-event.ts'
import { nudge } from './nudge.ts'

/**
 * Writes events into the log in the transaction of the change they speak of: the only way anything is ever published.
 * Lock or update the aggregate first and tell last, so that the log's ids follow the order of commits per aggregate.
 * Throws on a payload that does not fit its schema.
 */
export async function publish(tx: AnyTx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const { correlation_id, causation_id, traceparent } = currentContext()
  await write(
    tx,
    events.map((event) => ({ ...rowOf(event), correlation_id, causation_id, traceparent })),
  )
  afterCommit(tx, nudge)
}

type EventRow = ReturnType<typeof rowOf> & Omit<TraceContext, 'request_id' | 'user_id'>

function rowOf({ definition, payload, event_id }: NewEvent) {
  const fault = definition.faultOf(payload)
  if (fault) throw new TypeError(`${definition.type}: ${fault}`)
  const key = payload[definition.key]
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new TypeError(`${definition.type}: no ${definition.key}`)
  return {
    event_id: event_id ?? newId(),
    type: definition.type,
    source: definition.type.split('.', 1)[0],
    key: String(key),
    data: payload,
  }
}

const write = batched<readonly EventRow[], void>(async (tx, told) => {
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, data)
    select event_id, type, source, key, key, correlation_id, causation_id, traceparent, data
    from jsonb_to_recordset(${JSON.stringify(told.flat())}::jsonb) as told(
      event_id uuid, type text, source text, key text, correlation_id uuid, causation_id uuid, traceparent text, data jsonb)
  `.execute(tx)
})
