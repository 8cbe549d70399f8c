import { sql, type Kysely } from 'kysely'
import { batched, type Db } from '#platform/db'
import { onNudge } from '#platform/events'
import { createdAtOf, seconds, type Clock } from '#platform/values'
import type { PaymentsTables } from './table-types.ts'

/** The request of an older order has arrived, or it never will. */
const recent = seconds(10)
const longestWait = seconds(2)
/** Commits of other processes give no nudge here, so the database is read again after this time. */
const readAgainAfter = 250

type Needs = Readonly<{ db: Kysely<PaymentsTables>; now: Clock }>

/**
 * Waits up to two seconds for `payment-requested` of an order that was placed moments ago. The buyer may pay before
 * payments has handled that event.
 */
export async function awaitPaymentRequest({ db, now }: Needs, subject_id: string): Promise<void> {
  const born = createdAtOf(subject_id)
  if (!born || now().getTime() - born.getTime() > recent) return
  const limit = AbortSignal.timeout(longestWait)
  while (!(await exists(db, subject_id)) && !limit.aborted) await nextCommit()
}

/** All requests that one commit wakes read the database with one statement. */
const exists = batched<string, boolean, Db>(async (db, subject_ids) => {
  const { rows } = await sql<{ subject_id: string }>`
    select subject_id from payments.payment_requests where subject_id = any(${subject_ids}::uuid[])
  `.execute(db)
  const found = new Set(rows.map(({ subject_id }) => subject_id))
  return subject_ids.map((subject_id) => found.has(subject_id.toLowerCase()))
})

/** Resolves when this process commits events, or after `readAgainAfter` milliseconds. */
async function nextCommit(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, readAgainAfter)
  const removeListener = onNudge(resolve)
  await promise
  clearTimeout(timer)
  removeListener()
}
