import { sql } from 'kysely'
import type { AnyTx, Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { backoff } from '../log/backoff.ts'
import { eventColumns, type LoggedEvent } from '../log/logged-event.ts'
import type { LogSettings } from '../settings.ts'
import { classify, describeError, poisonMessage, Undeliverable } from './failure.ts'
import { deadLetter, release, type Parked } from './park.ts'

/** The processor of a group, as retries need it. */
export type RetryProcessor = Readonly<{
  needs: Readonly<{
    context: Readonly<{ db: Db; group: string }>
    settings: Pick<LogSettings, 'firstBackoff' | 'maxBackoff' | 'maxAttempts'>
    log: Log
    epoch: number
  }>
  heldKeys: Set<string>
  breaker: Readonly<{ open: boolean }>
  counts: { dead: number }
  /** Handles an event and runs `also` in its transaction. Throws what the handler throws, or `Undeliverable`. */
  handleParked: (event: LoggedEvent, also: (tx: AnyTx) => Promise<void>) => Promise<void>
  /** Counts a failure. */
  failed: (error: unknown) => void
  /** The fields of a log line about a message. */
  logFields: (parked: Parked) => object
}>

type Message = Readonly<{ group: string; event_id: string }>

/** The messages of a group that are due, the longest waiting first. */
export async function findDue(db: Db, group: string, limit: number): Promise<Parked[]> {
  const { rows } = await sql<Parked>`
    select event_id, position, day::text as day, partition_key, type, attempts from platform.parked
    where consumer_group = ${group} and state = 'retry' and next_at <= now() order by next_at limit ${limit}
  `.execute(db)
  return rows
}

/** Tries a parked message again. True when it succeeded. */
export async function retryParked(processor: RetryProcessor, parked: Parked): Promise<boolean> {
  const { context, settings, epoch } = processor.needs
  const wait = backoff(parked.attempts + 1, settings.firstBackoff, settings.maxBackoff)
  const message = { group: context.group, event_id: parked.event_id }
  const attempts = await countAttempt(context.db, { ...message, epoch, wait })
  if (attempts === undefined) return false
  try {
    await attempt(processor, { ...parked, attempts })
    return true
  } catch (error) {
    await failAgain(processor, { ...parked, attempts }, error)
    return false
  }
}

async function attempt(processor: RetryProcessor, parked: Parked): Promise<void> {
  const { context, settings } = processor.needs
  // The attempt is counted before it is made: a poison message runs out of attempts as well.
  if (parked.attempts > settings.maxAttempts) throw new Undeliverable('poison', poisonMessage)
  const event = await findEvent(context.db, parked)
  if (!event) throw new Undeliverable('gone', 'The partition of the log that held this message was dropped')
  let held = true
  await processor.handleParked(event, async (tx) => {
    held = await release(tx, context.group, parked)
  })
  if (!held) processor.heldKeys.delete(parked.partition_key)
}

async function failAgain(processor: RetryProcessor, parked: Parked, error: unknown): Promise<void> {
  const { context, settings, log } = processor.needs
  const outage = processor.breaker.open
  const fatal = classify(error) === 'permanent' || (parked.attempts >= settings.maxAttempts && !outage)
  processor.failed(error)
  const message = { group: context.group, event_id: parked.event_id }
  if (fatal) await deadLetter(context.db, context.group, { parked, error })
  else await updateFailure(context.db, { ...message, error, counts: !outage })
  if (fatal) processor.counts.dead++
  const fields = { err: error, ...processor.logFields(parked) }
  if (fatal) log.error(fields, 'message dead')
  else log.warn(fields, 'message failed again')
}

/** Counts an attempt before it is made. Undefined when the message is no longer due, or when this leader has lost the group. */
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

/** Stores the latest error. An attempt during an outage does not count, so that no message dies of the outage. */
async function updateFailure(
  db: Db,
  { group, event_id, error, counts }: Message & Readonly<{ error: unknown; counts: boolean }>,
): Promise<void> {
  const { code, text } = describeError(error)
  await sql`
    update platform.parked set error_code = ${code}, error = ${text}, attempts = attempts - ${counts ? 0 : 1}
    where consumer_group = ${group} and event_id = ${event_id}
  `.execute(db)
}

/** The event of a parked message; undefined when its partition was dropped. */
async function findEvent(db: Db, { position, day }: Parked): Promise<LoggedEvent | undefined> {
  const { rows } = await sql<LoggedEvent>`
    select ${sql.raw(eventColumns)} from platform.event e where e.id = ${position} and e.day = ${day}
  `.execute(db)
  return rows[0]
}
