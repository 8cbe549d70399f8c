import { afterCommit, type AnyTx } from '#platform/db'
import { currentContext } from '#platform/telemetry'
import { newId } from '#platform/values'
import type { NewEvent } from './define-event.ts'
import { insertEvents } from './log/insert-events.ts'
import { nudge } from './log/nudge.ts'

/**
 * Writes events into the log, in the transaction of the change that they report. Lock or update the aggregate first and
 * publish last: per aggregate, the ids of the log then follow the order of the commits. Throws a `TypeError` when a
 * payload does not match its schema.
 */
export async function publish(tx: AnyTx, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return
  const { correlation_id, causation_id, traceparent } = currentContext()
  await insertEvents(
    tx,
    events.map((event) => ({ ...rowOf(event), correlation_id, causation_id, traceparent })),
  )
  afterCommit(tx, nudge)
}

function rowOf({ definition, payload, event_id }: NewEvent) {
  const issue = definition.issueOf(payload)
  if (issue) throw new TypeError(`${definition.type}: ${issue}`)
  const key = payload[definition.key]
  if (typeof key !== 'string' && typeof key !== 'number')
    throw new TypeError(`${definition.type}: its key ${definition.key} is neither a string nor a number`)
  return {
    event_id: event_id ?? newId(),
    type: definition.type,
    source: definition.type.split('.', 1)[0] ?? definition.type,
    key: String(key),
    data: payload,
  }
}
