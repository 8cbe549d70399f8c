import { sql } from 'kysely'
import { afterCommit, type AnyTx } from '#platform/db'
import { currentTrail } from '#platform/telemetry'
import { newId } from '#platform/words'
import type { NewEvent } from './define-event.ts'
import { nudge } from './nudge.ts'

/**
 * Writes events into the log in the transaction of the change they speak of: the only way anything is ever published.
 * Lock or update the aggregate first and tell last, so that the log's ids follow the order of commits per aggregate.
 * Throws on a payload that does not fit its schema.
 */
export async function tell(tx: AnyTx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const trail = currentTrail()
  const rows = events.map(({ definition, payload, event_id }) => {
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
  })
  await sql`
    insert into msg.event (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, data)
    select event_id, type, source, key, key, ${trail.correlation_id}::uuid, ${trail.causation_id ?? null}::uuid,
           ${trail.traceparent ?? null}, data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as told(event_id uuid, type text, source text, key text, data jsonb)
  `.execute(tx)
  afterCommit(tx, nudge)
}
