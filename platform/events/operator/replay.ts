import { sql } from 'kysely'
import { afterCommit, transaction, type Db } from '#platform/db'
import { notFound, storeNothing, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { nudge } from '../log/nudge.ts'
import { lockKey } from '../parking/park.ts'
import { recordOperation, type Done } from './operations.ts'

/**
 * `not-handled`: the group has not handled the event yet. `parked`: the event or an earlier one of its key waits for a retry.
 * `not-subscribed`: the group handles no event of this type.
 */
export type ReplayOutcome = Done | Refused<'not-handled' | 'parked' | 'not-subscribed'> | NotFound

type Replay = Readonly<{
  group: string
  event_id: string
  /** The operator, for the record. */
  who: string
  reason: string
}>

type Found = Readonly<{ id: number; day: string; partition_key: string; subscribed: boolean; held: boolean }>

/**
 * Lets a group handle an event once more that it has handled or skipped. The event is appended to the log again under its
 * id: it comes after what the group handles now, and the inbox of every other group recognises it. Not found when the log
 * no longer has the event.
 */
export const replayMessage = (
  db: Db,
  { group, event_id, who, reason }: Replay,
  storeResponse: StoreResponse<Done> = storeNothing,
): Promise<ReplayOutcome> =>
  transaction(db, async (tx) => {
    const { rows } = await sql<Found>`
      select event.id, event.day::text as day, event.partition_key,
        exists (select from platform.consumer where consumer.consumer_group = ${group} and event.type = any(consumer.types)) as subscribed
      from platform.event where event.event_id = ${event_id} order by event.id desc limit 1
    `.execute(tx)
    const [event] = rows
    if (!event) return notFound('event')
    if (!event.subscribed) return { kind: 'refused', reason: 'not-subscribed' }
    await lockKey(tx, group, event.partition_key)
    if (await isHeld(tx, group, event.partition_key)) return { kind: 'refused', reason: 'parked' }
    const { numAffectedRows } = await sql`
      delete from platform.inbox where consumer_group = ${group} and event_id = ${event_id}
    `.execute(tx)
    if (numAffectedRows === 0n) return { kind: 'refused', reason: 'not-handled' }
    // A skipped message would keep the event from being parked again.
    await sql`delete from platform.parked where consumer_group = ${group} and event_id = ${event_id}`.execute(tx)
    await sql`
      insert into platform.event
        (event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, data, ingested)
      select event_id, type, source, subject, partition_key, correlation_id, causation_id, traceparent, data, ingested
      from platform.event where id = ${event.id} and day = ${event.day}::date
    `.execute(tx)
    await recordOperation(tx, { who, action: 'replay', group, event_id, reason })
    await storeResponse(tx, { kind: 'done' })
    afterCommit(tx, nudge)
    return { kind: 'done' }
  })

async function isHeld(tx: Parameters<typeof lockKey>[0], group: string, key: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from platform.parked
      where consumer_group = ${group} and partition_key = ${key} and state in ('retry', 'behind', 'dead')) as held
  `.execute(tx)
  return rows[0]?.held ?? false
}
