import { sql } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import type { Clock } from '#platform/values'
import { backoff, backoffSince } from '../log/backoff.ts'
import { eventColumns, type LoggedEvent } from '../log/logged-event.ts'
import type { LogSettings } from '../settings.ts'
import { classify, describeError, isOutage, poisonMessage, Undeliverable } from './failure.ts'
import { deadLetter, release, type Parked } from './park.ts'

/** The processor of a group, as retries need it. */
export type RetryProcessor = Readonly<{
  needs: Readonly<{
    context: Readonly<{ db: Db; group: string }>
    settings: Pick<LogSettings, 'firstBackoff' | 'maxBackoff' | 'maxAttempts' | 'maxOutageBackoff' | 'outageLimit'>
    now: Clock
    log: Log
    epoch: number
  }>
  heldKeys: Set<string>
  counts: { dead: number; failed: number }
  /** Handles an event and runs `also` in its transaction. Throws what the handler throws, or `Undeliverable`. */
  handleParked: (event: LoggedEvent, also: (tx: AnyTx) => Promise<void>) => Promise<void>
  /** The fields of a log line about a message. */
  logFields: (parked: Parked) => object
}>

/** A parked message that is due, and its event; null when the partition of the event was dropped. */
export type DueMessage = Parked & Readonly<{ event: LoggedEvent | null }>

type DueRow = Parked & Readonly<{ id: number | null }> & Omit<LoggedEvent, 'id'>

/** The messages of a group that are due, the longest waiting first, except those of `busyKeys`. */
export async function findDue(
  db: Db,
  group: string,
  { limit, busyKeys }: Readonly<{ limit: number; busyKeys: readonly string[] }>,
): Promise<DueMessage[]> {
  const { rows } = await sql<DueRow>`
    select ${sql.raw(eventColumns)}, parked.event_id, parked.position, parked.day::text as day, parked.partition_key, parked.type, parked.attempts,
      parked.unavailable_since
    from (
      select * from platform.parked
      where consumer_group = ${group} and state = 'retry' and next_at <= now() and partition_key <> all(${busyKeys}::text[])
      order by next_at limit ${limit}) parked
    left join platform.event on event.id = parked.position and event.day = parked.day
    order by parked.next_at
  `.execute(db)
  return rows.map(({ id, ...row }) => ({ ...row, event: id === null ? null : { ...row, id } }))
}

/** Tries a parked message again. */
export async function retryParked(processor: RetryProcessor, due: DueMessage): Promise<void> {
  const { context, settings, epoch } = processor.needs
  const wait = backoff(due.attempts + 1, settings.firstBackoff, settings.maxBackoff)
  const attempts = await countAttempt(context.db, { group: context.group, event_id: due.event_id, epoch, wait })
  if (attempts === null) return
  const parked = { ...due, attempts }
  try {
    await attempt(processor, parked)
  } catch (error) {
    await failAgain(processor, parked, error)
  }
}

async function attempt(processor: RetryProcessor, parked: DueMessage): Promise<void> {
  const { context, settings } = processor.needs
  // The attempt is counted before it is made: a poison message runs out of attempts as well.
  if (parked.attempts > settings.maxAttempts) throw new Undeliverable('poison', poisonMessage)
  if (!parked.event) throw new Undeliverable('gone', 'The partition of the log that held this message was dropped')
  let held = true
  await processor.handleParked(parked.event, async (tx) => {
    held = await release(tx, context.group, parked)
  })
  if (!held) processor.heldKeys.delete(parked.partition_key)
}

async function failAgain(processor: RetryProcessor, parked: Parked, error: unknown): Promise<void> {
  const { context, settings, now, log } = processor.needs
  const { group, db } = context
  const outage = isOutage(error)
  const unavailable_since = outage ? (parked.unavailable_since ?? now()) : parked.unavailable_since
  const unavailableFor = unavailable_since ? now().getTime() - unavailable_since.getTime() : 0
  const fatal =
    classify(error) === 'permanent' ||
    (outage ? unavailableFor >= settings.outageLimit : parked.attempts >= settings.maxAttempts)
  processor.counts.failed++
  const fields = { err: error, ...processor.logFields(parked) }
  if (fatal) {
    const attempts = parked.attempts - (outage ? 1 : 0)
    await deadLetter(db, group, { parked: { ...parked, attempts }, error })
    processor.counts.dead++
    log.error(fields, 'message dead')
    return
  }
  const { code, text } = describeError(error)
  const wait = outage
    ? backoffSince(unavailableFor, settings.firstBackoff, settings.maxOutageBackoff)
    : backoff(parked.attempts, settings.firstBackoff, settings.maxBackoff)
  const { event_id } = parked
  await updateFailure(db, { group, event_id, code, text, wait, unavailable_since, uncounted: outage ? 1 : 0 })
  log[outage ? 'debug' : 'warn'](fields, 'message failed again')
}

type Attempt = Readonly<{ group: string; event_id: string; epoch: number; wait: number }>

/**
 * Counts an attempt before it is made. Null when the message is no longer due, or when this leader has lost the group.
 * Attempts that begin together share one statement: in an outage thousands of messages are tried again.
 */
const countAttempt = batched<Attempt, number | null, Db>(async (db, attempts) => {
  const { rows } = await sql<{ consumer_group: string; event_id: string; attempts: number }>`
    update platform.parked set attempts = parked.attempts + 1, next_at = now() + tried.wait * interval '1 ms'
    from jsonb_to_recordset(${JSON.stringify(attempts)}::jsonb) as tried("group" text, event_id uuid, epoch bigint, wait float8)
    where parked.consumer_group = tried."group" and parked.event_id = tried.event_id and parked.state = 'retry'
      and exists (select from platform.consumer where consumer.consumer_group = tried."group" and consumer.epoch = tried.epoch)
    returning parked.consumer_group, parked.event_id, parked.attempts
  `.execute(db)
  const counts = new Map(rows.map((row) => [`${row.consumer_group} ${row.event_id}`, row.attempts]))
  return attempts.map(({ group, event_id }) => counts.get(`${group} ${event_id}`) ?? null)
})

type Failure = Readonly<{
  group: string
  event_id: string
  code: string | null
  text: string
  wait: number
  unavailable_since: Date | null
  /** 1 when the attempt does not count: it met an outage. */
  uncounted: 0 | 1
}>

/** Stores the latest errors, and when their messages are due again. */
const updateFailure = batched<Failure, void, Db>(async (db, failures) => {
  await sql`
    update platform.parked set error_code = failed.code, error = failed.text, attempts = greatest(0, parked.attempts - failed.uncounted),
      unavailable_since = failed.unavailable_since, next_at = now() + failed.wait * interval '1 ms'
    from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb) as failed(
      "group" text, event_id uuid, code text, text text, wait float8, unavailable_since timestamptz, uncounted int)
    where parked.consumer_group = failed."group" and parked.event_id = failed.event_id and parked.state = 'retry'
  `.execute(db)
})
