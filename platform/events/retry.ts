import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { describe } from './failure.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'
import type { Parked } from './park.ts'

type Message = Readonly<{ group: string; event_id: string }>

/** The messages of a group whose time has come, the longest waiting first. */
export async function dueOf(db: Db, group: string, most: number): Promise<Parked[]> {
  const { rows } = await sql<Parked>`
    select event_id, event_no, day::text as day, partition_key, type, attempts from msg.parked
    where grp = ${group} and state = 'retry' and next_at <= now() order by next_at limit ${most}
  `.execute(db)
  return rows
}

/** Counts an attempt before it is made. Undefined when the message is not to be tried, or not by this leader. */
export async function countAttempt(
  db: Db,
  { group, epoch, event_id, wait }: Message & Readonly<{ epoch: number; wait: number }>,
): Promise<number | undefined> {
  const { rows } = await sql<{ attempts: number }>`
    update msg.parked set attempts = attempts + 1, next_at = now() + ${wait} * interval '1 ms'
    where grp = ${group} and event_id = ${event_id} and state = 'retry'
      and exists (select from msg.consumer where consumer.grp = ${group} and epoch = ${epoch})
    returning attempts
  `.execute(db)
  return rows[0]?.attempts
}

/** Keeps the latest error. During an outage the attempt does not count: nothing dies of it. */
export async function noteFailure(
  db: Db,
  { group, event_id, error, counts }: Message & Readonly<{ error: unknown; counts: boolean }>,
): Promise<void> {
  const { code, text } = describe(error)
  await sql`
    update msg.parked set error_code = ${code}, error = ${text}, attempts = attempts - ${counts ? 0 : 1}
    where grp = ${group} and event_id = ${event_id}
  `.execute(db)
}

/** Writes down which event is about to be heard alone; true when it was the one at the last death of a leader, too. */
export async function accuse(
  db: Db,
  { group, epoch, event_id }: Message & Readonly<{ epoch: number }>,
): Promise<boolean> {
  const { rows } = await sql<{ again: boolean }>`
    update msg.consumer set suspect = ${event_id} where grp = ${group} and epoch = ${epoch}
    returning old.suspect is not distinct from ${event_id}::uuid as again
  `.execute(db)
  return rows[0]?.again ?? false
}

/** The event of a parked message, undefined when its partition was dropped. */
export async function loadEvent(db: Db, { event_no, day }: Parked): Promise<LoggedEvent | undefined> {
  const { rows } = await sql<LoggedEvent>`
    select ${sql.raw(eventColumns)} from msg.event e where e.id = ${event_no} and e.day = ${day}
  `.execute(db)
  return rows[0]
}
