import type { Db } from '#platform/db'
import { addressKey, isPrivateAddress, Slots } from '#platform/limits'
import type { Refused } from '#platform/outcome'
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
/** A user or a subject waits five times at once, buyers of one address twenty times: accounts are free, addresses are not. */
const caps = { total: 1000, perBuyer: 5, perAddress: 20 }

/** The buyer who waits. */
type WaitingBuyer = Readonly<{
  /** The user, or the subject on its payment page. */
  key: string
  client_address: string
}>

/** The payment of a new subject is not there yet, and no slot is free to wait for it. */
export type PaymentNotReady = Refused<'payment-not-ready'> & Readonly<{ retry_after: number }>

export const notReady: PaymentNotReady = { kind: 'refused', reason: 'payment-not-ready', retry_after: 1 }

export type AwaitedPayments = Readonly<{
  /**
   * Reads a subject with its payments. Waits up to two seconds for `payment-requested` of an order that was placed moments
   * ago: the buyer may pay before payments has handled that event. Without a free slot it reads once and does not wait; it
   * then refuses a subject that is too new to be called unknown.
   */
  find: (subject_id: string, waiting: WaitingBuyer) => Promise<RequestedSubject | PaymentNotReady | undefined>
  /** Ends the wait for a subject in this process. Call it after the commit that started its payment. */
  wake: (subject_id: string) => void
}>

/** Payments that buyers wait for. A wait costs no read before its payment has started, except the slow one. */
export function awaitedPayments({ db, now }: Readonly<{ db: Db; now: Clock }>): AwaitedPayments {
  const takeSlot = openSlots()
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
    find: async (subject_id, waiting) => {
      if (!isRecent(subject_id, now())) return await findSubject(db, subject_id)
      const release = takeSlot(waiting)
      return release ? await wait(subject_id).finally(release) : ((await findSubject(db, subject_id)) ?? notReady)
    },
    wake: (subject_id) => {
      for (const waiter of waiters) if (waiter.subject_id === subject_id.toLowerCase()) waiter.wake()
    },
  }
}

/** Returns the function that takes a slot of the buyer and one of the address, or none. Private addresses are not counted. */
function openSlots() {
  const buyers = new Slots({ total: caps.total, perKey: caps.perBuyer })
  const addresses = new Slots({ total: caps.total, perKey: caps.perAddress })
  return ({ key, client_address }: WaitingBuyer): (() => void) | undefined => {
    const releaseBuyer = buyers.take(key)
    if (!releaseBuyer || isPrivateAddress(client_address)) return releaseBuyer
    const releaseAddress = addresses.take(addressKey(client_address))
    if (!releaseAddress) {
      releaseBuyer()
      return undefined
    }
    return () => {
      releaseBuyer()
      releaseAddress()
    }
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
