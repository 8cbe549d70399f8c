import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { crashPoint } from './crash-points.ts'
import { backoff, deadly, describe, Undeliverable, verdictOn } from './failure.ts'
import { faultIn, handleOne } from './handle-events.ts'
import type { EventProcessor } from './event-processor.ts'
import { eventColumns, type LoggedEvent } from './logged-event.ts'
import { die, release, type Parked } from './park.ts'

type Message = Readonly<{ group: string; event_id: string }>

/** The messages of a group whose time has come, the longest waiting first. */
export async function dueOf(db: Db, group: string, most: number): Promise<Parked[]> {
  const { rows } = await sql<Parked>`
    select event_id, event_no, day::text as day, partition_key, type, attempts from platform.parked
    where consumer_group = ${group} and state = 'retry' and next_at <= now() order by next_at limit ${most}
  `.execute(db)
  return rows
}

/** Tries a parked message again. True when it is out of the way. */
export async function retryParked(processor: EventProcessor, parked: Parked): Promise<boolean> {
  const { hearing, settings, epoch } = processor.needs
  const wait = backoff(parked.attempts + 1, settings.firstBackoff, settings.longestBackoff)
  const message = { group: hearing.group, event_id: parked.event_id }
  const attempts = await countAttempt(hearing.db, { ...message, epoch, wait })
  if (attempts === undefined) return false
  try {
    await hearParked(processor, { ...parked, attempts })
    return true
  } catch (error) {
    await failAgain(processor, { ...parked, attempts }, error)
    return false
  }
}

async function hearParked(processor: EventProcessor, parked: Parked): Promise<void> {
  const { hearing, settings } = processor.needs
  // Counted before it is tried, so a message that kills the process runs out of attempts as well.
  if (parked.attempts > settings.maxAttempts) throw new Undeliverable('crashed', deadly)
  const event = await loadEvent(hearing.db, parked)
  if (!event) throw new Undeliverable('gone', 'The log does not hold it any more')
  const fault = faultIn(event, hearing.subscriptions)
  if (fault) throw fault
  crashPoint('before-retry')
  let held = true
  const tally = await handleOne(hearing, event, async (tx) => {
    held = await release(tx, hearing.group, parked)
  })
  if (!held) processor.held.delete(parked.partition_key)
  processor.succeeded(tally)
}

async function failAgain(processor: EventProcessor, parked: Parked, error: unknown): Promise<void> {
  const { hearing, settings, log } = processor.needs
  const outage = processor.breaker.open
  const fatal = verdictOn(error) === 'permanent' || (parked.attempts >= settings.maxAttempts && !outage)
  processor.failed(error)
  const message = { group: hearing.group, event_id: parked.event_id }
  if (fatal) await die(hearing.db, hearing.group, { parked, error })
  else await noteFailure(hearing.db, { ...message, error, counts: !outage })
  if (fatal) processor.counts.dead++
  const line = { err: error, ...processor.about(parked) }
  if (fatal) log.error(line, 'message dead')
  else log.warn(line, 'message failed again')
}

/** Counts an attempt before it is made. Undefined when the message is not to be tried, or not by this leader. */
async function countAttempt(
  db: Db,
  { group, epoch, event_id, wait }: Message & Readonly<{ epoch: number; wait: number }>,
): Promise<number | undefined> {
  const { rows } = await sql<{ attempts: number }>`
    update platform.parked set attempts = attempts + 1, next_at = now() + ${wait} * interval '1 ms'
    where consumer_group = ${group} and event_id = ${event_id} and state = 'retry'
      and exists (select from platform.consumer where consumer.consumer_group = ${group} and epoch = ${epoch})
    returning attempts
  `.execute(db)
  return rows[0]?.attempts
}

/** Keeps the latest error. During an outage the attempt does not count: nothing dies of it. */
async function noteFailure(
  db: Db,
  { group, event_id, error, counts }: Message & Readonly<{ error: unknown; counts: boolean }>,
): Promise<void> {
  const { code, text } = describe(error)
  await sql`
    update platform.parked set error_code = ${code}, error = ${text}, attempts = attempts - ${counts ? 0 : 1}
    where consumer_group = ${group} and event_id = ${event_id}
  `.execute(db)
}

/** The event of a parked message, undefined when its partition was dropped. */
async function loadEvent(db: Db, { event_no, day }: Parked): Promise<LoggedEvent | undefined> {
  const { rows } = await sql<LoggedEvent>`
    select ${sql.raw(eventColumns)} from platform.event e where e.id = ${event_no} and e.day = ${day}
  `.execute(db)
  return rows[0]
}
