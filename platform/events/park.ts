import { sql } from 'kysely'
import { transaction, type AnyTx, type Db } from '#platform/db'
import { describe } from './failure.ts'
import type { LoggedEvent } from './logged-event.ts'
import { messageDeadLettered } from './system-events.ts'
import { publish } from './publish.ts'

/** A message set aside. One per key is tried again or dead, those behind it wait for their turn. */
export type Parked = Readonly<{
  event_id: string
  event_no: number
  day: string
  partition_key: string
  type: string
  attempts: number
}>

/** The states in which a message holds up the later ones of its key. */
const unresolved = sql`state in ('retry', 'behind', 'dead')`

/** Sets a message aside that could not be heard, to be tried again after `wait` milliseconds. */
export async function park(
  db: Db,
  group: string,
  { event, error, wait }: Readonly<{ event: LoggedEvent; error: unknown; wait: number }>,
): Promise<void> {
  const { code, text } = describe(error)
  await sql`
    insert into platform.parked (consumer_group, event_id, event_no, day, partition_key, type, attempts, next_at, error_code, error)
    values (${group}, ${event.event_id}, ${event.id}, ${event.day}, ${event.partition_key}, ${event.type}, 1,
            now() + ${wait} * interval '1 ms', ${code}, ${text})
    on conflict do nothing
  `.execute(db)
}

/** Sets messages aside because an earlier one of their key is. Where that has just been resolved, they are due at once. */
export async function parkBehind(db: Db, group: string, events: readonly LoggedEvent[]): Promise<void> {
  await transaction(db, async (tx) => {
    for (const key of new Set(events.map((event) => event.partition_key).toSorted())) await lockKey(tx, group, key)
    for (const event of events) {
      await sql`
        insert into platform.parked (consumer_group, event_id, event_no, day, partition_key, type, state)
        select ${group}, ${event.event_id}, ${event.id}, ${event.day}, ${event.partition_key}, ${event.type},
          case when exists (select from platform.parked where consumer_group = ${group} and partition_key = ${event.partition_key}
            and event_no < ${event.id} and ${unresolved}) then 'behind' else 'retry' end
        where not exists (select from platform.inbox where consumer_group = ${group} and event_id = ${event.event_id})
        on conflict do nothing
      `.execute(tx)
    }
  })
}

/** Takes a resolved message out and lets the next of its key have its turn. Returns whether its key is still held up. */
export async function release(tx: AnyTx, group: string, { event_id, partition_key }: Parked): Promise<boolean> {
  await lockKey(tx, group, partition_key)
  await sql`delete from platform.parked where consumer_group = ${group} and event_id = ${event_id}`.execute(tx)
  return await promoteNext(tx, group, partition_key)
}

/** Makes the first message of a key due, if it only waited for those before it. Returns whether there is one at all. */
export async function promoteNext(tx: AnyTx, group: string, key: string): Promise<boolean> {
  const { rows } = await sql<{ event_id: string; state: string }>`
    select event_id, state from platform.parked
    where consumer_group = ${group} and partition_key = ${key} and ${unresolved} order by event_no limit 1
  `.execute(tx)
  const [next] = rows
  if (next?.state === 'behind') {
    await sql`
      update platform.parked set state = 'retry', next_at = now() where consumer_group = ${group} and event_id = ${next.event_id}
    `.execute(tx)
  }
  return next !== undefined
}

/** Gives a parked message up and tells so; an operator decides. */
export async function die(db: Db, group: string, { parked, error }: { parked: Parked; error: unknown }): Promise<void> {
  const { code, text } = describe(error)
  await transaction(db, async (tx) => {
    const { numAffectedRows } = await sql`
      insert into platform.parked (consumer_group, event_id, event_no, day, partition_key, type, attempts, state, error_code, error)
      values (${group}, ${parked.event_id}, ${parked.event_no}, ${parked.day}, ${parked.partition_key}, ${parked.type},
              ${parked.attempts}, 'dead', ${code}, ${text})
      on conflict (consumer_group, event_id) do update set state = 'dead', error_code = excluded.error_code, error = excluded.error
        where parked.state <> 'skipped'
    `.execute(tx)
    if (numAffectedRows === 0n || parked.type === messageDeadLettered.type) return
    await publish(tx, [
      messageDeadLettered({
        dead_event_id: parked.event_id,
        event_type: parked.type,
        group,
        key: parked.partition_key,
        attempts: parked.attempts,
        error: text,
      }),
    ])
  })
}

/** Writes down which event is about to be heard alone; true when it was the one at the last death of a leader, too. */
export async function accuse(
  db: Db,
  { group, epoch, event_id }: Readonly<{ group: string; epoch: number; event_id: string }>,
): Promise<boolean> {
  const { rows } = await sql<{ again: boolean }>`
    update platform.consumer set suspect = ${event_id} where consumer_group = ${group} and epoch = ${epoch}
    returning old.suspect is not distinct from ${event_id}::uuid as again
  `.execute(db)
  return rows[0]?.again ?? false
}

/** The keys of a group that are held up. */
export async function heldKeys(db: Db, group: string): Promise<string[]> {
  const { rows } = await sql<{ partition_key: string }>`
    select distinct partition_key from platform.parked where consumer_group = ${group} and ${unresolved}
  `.execute(db)
  return rows.map(({ partition_key }) => partition_key)
}

/** Serializes who sets aside and who resolves messages of one key, in this process and others. */
export async function lockKey(tx: AnyTx, group: string, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`platform:${group}:${key}`}, 0))`.execute(tx)
}
