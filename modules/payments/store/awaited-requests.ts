import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#platform/db'
import { onNudge } from '#platform/events'
import { Slots } from '#platform/limits'
import { createdAtOf, seconds, type Clock } from '#platform/values'
import { findPaymentRequest } from './payment-requests.ts'

/** The request of an older order has arrived, or it never will. */
const recent = seconds(10)
/** Another machine may have made the id, and its clock may be ahead. */
const clockSkew = seconds(1)
const longestWait = seconds(2)
/** Commits of other processes give no nudge here, so the database is read again after this time. */
const readAgainAfter = 250
/** All waiting requests share one read, and there are at most fifty reads a second. */
const pauseBetweenReads = 20
const caps = { total: 200, perKey: 5 }

type Needs = Readonly<{ db: Db; now: Clock }>
type Waiter = Readonly<{ subject_id: string; resolve: () => void }>

/** `key` is the user or the subject that waits: each has a few slots. Without a free slot nothing waits. */
export type AwaitPaymentRequest = (subject_id: string, key: string) => Promise<void>

/**
 * Waits up to two seconds for `payment-requested` of an order that was placed moments ago. The buyer may pay before
 * payments has handled that event.
 */
export function awaitPaymentRequest({ db, now }: Needs): AwaitPaymentRequest {
  const slots = new Slots(caps)
  const waiters = new Set<Waiter>()
  let isWatching = false

  async function watch(): Promise<void> {
    if (isWatching) return
    isWatching = true
    let nudged = Promise.withResolvers<void>()
    const removeListener = onNudge(() => nudged.resolve())
    try {
      while (waiters.size > 0) {
        await Promise.race([nudged.promise, sleep(readAgainAfter)])
        nudged = Promise.withResolvers()
        await Promise.all(Array.from(waiters, resolveWhenFound))
        await sleep(pauseBetweenReads)
      }
    } finally {
      removeListener()
      isWatching = false
    }
  }

  /** The reads of all waiters are one statement. A failed read ends the wait: the next read of the caller reports it. */
  async function resolveWhenFound({ subject_id, resolve }: Waiter): Promise<void> {
    if (await findPaymentRequest(db, subject_id).catch(() => 'failed' as const)) resolve()
  }

  return async (subject_id, key) => {
    if (!isRecent(subject_id, now())) return
    const release = slots.take(key)
    if (!release) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter = { subject_id, resolve }
    const timer = setTimeout(resolve, longestWait)
    try {
      if (await findPaymentRequest(db, subject_id)) return
      waiters.add(waiter)
      void watch()
      await promise
    } finally {
      clearTimeout(timer)
      waiters.delete(waiter)
      release()
    }
  }
}

/** Clients choose ids, so an id of the future is not recent. */
function isRecent(subject_id: string, now: Date): boolean {
  const created_at = createdAtOf(subject_id)
  if (!created_at) return false
  const age = now.getTime() - created_at.getTime()
  return age >= -clockSkew && age <= recent
}
