import { sql } from 'kysely'
import { transaction, type AnyTx, type Db } from '#platform/db'
import type { LoggedEvent } from '../log/logged-event.ts'
import { publish } from '../publish.ts'
import { describeError } from './failure.ts'
import { messageDeadLettered } from './message-dead-lettered.ts'

/** A message set aside. The first of each key is tried again or dead; the others of the key wait behind it. */
export type Parked = Readonly<{
  event_id: string
  /** The id of the event in the log. */
  position: number
  day: string
  partition_key: string
  type: string
  attempts: number
  /** When a dependency was first unavailable for it; null when none was. */
  unavailable_since: Date | null
}>

/** The states in which a message holds up the later ones of its key. */
const unresolved = sql`state in ('retry', 'behind', 'dead')`

/** Parks a message whose handler failed, for another attempt after `wait` milliseconds. */
export async function park(
  db: Db,
  group: string,
  { parked, error, wait }: Readonly<{ parked: Parked; error: unknown; wait: number }>,
): Promise<void> {
  const { event_id, position, day, partition_key, type, attempts, unavailable_since } = parked
  const { code, text } = describeError(error)
  await sql`
    insert into platform.parked
      (consumer_group, event_id, position, day, partition_key, type, attempts, unavailable_since, next_at, error_code, error)
    values (${group}, ${event_id}, ${position}, ${day}, ${partition_key}, ${type}, ${attempts}, ${unavailable_since},
            now() + ${wait} * interval '1 ms', ${code}, ${text})
    on conflict do nothing
  `.execute(db)
}

type Later = Readonly<{ events: readonly LoggedEvent[]; maxAttempts: number }>

/**
 * Parks messages whose key an earlier message holds up. Where that one was resolved in the meantime, they are due at once.
 * A message that is dead here was published again, as a saga does while it waits for the answer: it is due at once, with
 * all its attempts. A dead message before it gets one attempt, because its cause may be gone and the later command of the
 * saga waits for it.
 */
export async function parkBehind(db: Db, group: string, { events, maxAttempts }: Later): Promise<void> {
  await transaction(db, async (tx) => {
    for (const key of new Set(events.map((event) => event.partition_key).toSorted())) await lockKey(tx, group, key)
    for (const event of events) {
      await sql`
        with revived as (${reviveBefore(group, event, maxAttempts)})
        insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
        select ${group}, ${event.event_id}, ${event.id}, ${event.day}, ${event.partition_key}, ${event.type},
          case when exists (select from platform.parked where consumer_group = ${group} and partition_key = ${event.partition_key}
            and position < ${event.id} and ${unresolved}) then 'behind' else 'retry' end
        where not exists (select from platform.inbox where consumer_group = ${group} and event_id = ${event.event_id})
        on conflict (consumer_group, event_id) do update set ${dueAgain} where parked.state = 'dead'
      `.execute(tx)
    }
  })
}

/**
 * Gives a dead message of the key one attempt. Its last attempt set `next_at`, which bounds how often a busy key tries it. A
 * poison message would kill the process again, and the event of a dropped partition is gone.
 */
const reviveBefore = (group: string, { id, event_id, partition_key }: LoggedEvent, maxAttempts: number) => sql`
  update platform.parked
  set state = 'retry', attempts = ${maxAttempts - 1}, unavailable_since = null, next_at = now()
  where consumer_group = ${group} and partition_key = ${partition_key} and position < ${id} and event_id <> ${event_id}
    and state = 'dead' and next_at <= now() and coalesce(error_code, '') not in ('poison', 'gone')`

/** Makes a dead message due at once, with all its attempts and all its time. */
export const dueAgain = sql`state = 'retry', attempts = 0, unavailable_since = null, next_at = now()`

/** Deletes a resolved message and promotes the next one of its key. Returns whether the key is still held up. */
export async function release(tx: AnyTx, group: string, { event_id, partition_key }: Parked): Promise<boolean> {
  await lockKey(tx, group, partition_key)
  await sql`delete from platform.parked where consumer_group = ${group} and event_id = ${event_id}`.execute(tx)
  return await promoteNext(tx, group, partition_key)
}

/** Makes the first message of a key due if it only waited for earlier ones. Returns whether the key has a message at all. */
export async function promoteNext(tx: AnyTx, group: string, key: string): Promise<boolean> {
  const { rows } = await sql<{ event_id: string; state: string }>`
    select event_id, state from platform.parked
    where consumer_group = ${group} and partition_key = ${key} and ${unresolved} order by position limit 1
  `.execute(tx)
  const [next] = rows
  if (next?.state === 'behind') {
    await sql`
      update platform.parked set state = 'retry', next_at = now() where consumer_group = ${group} and event_id = ${next.event_id}
    `.execute(tx)
  }
  return next !== undefined
}

type Death = Readonly<{ parked: Parked; error: unknown }>

/** Marks a message as dead until an operator decides, and publishes `messageDeadLettered`. */
export async function deadLetter(db: Db, group: string, { parked, error }: Death): Promise<void> {
  const { code, text } = describeError(error)
  await transaction(db, async (tx) => {
    const { numAffectedRows } = await sql`
      insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, attempts, state, error_code, error)
      values (${group}, ${parked.event_id}, ${parked.position}, ${parked.day}, ${parked.partition_key}, ${parked.type},
              ${parked.attempts}, 'dead', ${code}, ${text})
      on conflict (consumer_group, event_id) do update set state = 'dead', attempts = excluded.attempts, error_code = excluded.error_code,
        error = excluded.error
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

type Isolated = Readonly<{
  group: string
  epoch: number
  event_id: string
  /** The leader that handled the event last has had its time to come back. */
  waited: boolean
}>

/**
 * Records the event that is about to be handled in isolation. True when another leader handled the same event last and has
 * not come back. Unless this process has `waited`, the other leader may still do so, and the event stays recorded as its own.
 */
export async function recordIsolated(db: Db, { group, epoch, event_id, waited }: Isolated): Promise<boolean> {
  const { rows } = await sql<{ suspected: boolean }>`
    update platform.consumer set isolated_event_id = ${event_id},
      isolated_by = case when isolated_event_id = ${event_id} and not ${waited} then isolated_by else owner end
    where consumer_group = ${group} and epoch = ${epoch} and owner is not null
    returning coalesce(old.isolated_event_id = ${event_id}::uuid and old.isolated_by <> owner, false) as suspected
  `.execute(db)
  return rows[0]?.suspected ?? false
}

/** The keys of a group that parked messages hold up. */
export async function findHeldKeys(db: Db, group: string): Promise<string[]> {
  const { rows } = await sql<{ partition_key: string }>`
    select distinct partition_key from platform.parked where consumer_group = ${group} and ${unresolved}
  `.execute(db)
  return rows.map(({ partition_key }) => partition_key)
}

/** Serializes parking and resolving messages of one key, in this process and in others. */
export async function lockKey(tx: AnyTx, group: string, key: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`platform:${group}:${key}`}, 0))`.execute(tx)
}
