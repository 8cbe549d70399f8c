import type { Db } from '#platform/db'
import { Slots } from '#platform/limits'
import { createdAtOf, seconds, type Clock } from '#platform/values'
import { awaitsProvider } from '../payment.ts'
import { findSubject, type RequestedSubject } from './requested-subjects.ts'

/** The payment of an older order has started, or it waits for its provider. */
const recent = seconds(10)
/** Another machine may have made the id, and its clock may be ahead. */
const clockSkew = seconds(1)
const longestWait = seconds(2)
/** Another process may handle the event and wakes no waiter here, so all waiters read again after this time. */
const readAgainAfter = 250
const caps = { total: 200, perKey: 5 }

export type AwaitedPayments = Readonly<{
  /**
   * Reads a subject with its payments. Waits up to two seconds for `payment-requested` of an order that was placed moments
   * ago: the buyer may pay before payments has handled that event. `key` is the user or the subject that waits: each has a
   * few slots, and without a free slot nothing waits.
   */
  find: (subject_id: string, key: string) => Promise<RequestedSubject | undefined>
  /** Ends the wait for a subject in this process. Call it after the commit that started its payment. */
  wake: (subject_id: string) => void
}>

/** Payments that buyers wait for. A wait costs no read before its payment has started, except the slow one. */
export function awaitedPayments({ db, now }: Readonly<{ db: Db; now: Clock }>): AwaitedPayments {
  const slots = new Slots(caps)
  const waiters = new Set<Waiter>()
  let timer: NodeJS.Timeout | undefined

  function add(subject_id: string): Waiter {
    const waiter = new Waiter(subject_id.toLowerCase())
    waiters.add(waiter)
    // All waiters wake in one turn of the event loop, so they share their reads.
    timer ??= setInterval(() => waiters.forEach((each) => each.wake()), readAgainAfter)
    return waiter
  }

  function remove(waiter: Waiter): void {
    waiters.delete(waiter)
    if (waiters.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  async function wait(subject_id: string): Promise<RequestedSubject | undefined> {
    const waiter = add(subject_id)
    const limit = setTimeout(() => waiter.end(), longestWait)
    try {
      for (;;) {
        const found = await findSubject(db, subject_id)
        if (hasStarted(found)) return found
        await waiter.woken()
        // Without a last read: the limits of many waiters end one by one.
        if (waiter.isOver) return found
      }
    } finally {
      clearTimeout(limit)
      remove(waiter)
    }
  }

  return {
    find: async (subject_id, key) => {
      const release = isRecent(subject_id, now()) ? slots.take(key) : undefined
      return release ? await wait(subject_id).finally(release) : await findSubject(db, subject_id)
    },
    wake: (subject_id) => {
      for (const waiter of waiters) if (waiter.subject_id === subject_id.toLowerCase()) waiter.wake()
    },
  }
}

const hasStarted = (found: RequestedSubject | undefined): boolean =>
  found !== undefined && !found.payments.some(awaitsProvider)

/** Clients choose ids, so an id of the future is not recent. */
function isRecent(subject_id: string, now: Date): boolean {
  const created_at = createdAtOf(subject_id)
  if (!created_at) return false
  const age = now.getTime() - created_at.getTime()
  return age >= -clockSkew && age <= recent
}

/** A wake-up during a read is kept: the commit may have come after the snapshot of that read. */
class Waiter {
  readonly subject_id: string
  isOver = false
  #next = Promise.withResolvers<void>()

  constructor(subject_id: string) {
    this.subject_id = subject_id
  }

  wake(): void {
    this.#next.resolve()
  }

  end(): void {
    this.isOver = true
    this.wake()
  }

  /** Resolves when the waiter was woken since the last call. */
  async woken(): Promise<void> {
    await this.#next.promise
    this.#next = Promise.withResolvers()
  }
}
