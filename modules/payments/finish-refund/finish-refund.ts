import { sql } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { newId, type Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { refunded, refundRefused } from '../payment-events.ts'
import { afterRefund, isPaid, type PaidPayment, type Payment } from '../payment.ts'
import type { Providers, RefundAnswer } from '../provider.ts'
import { findPayment, lockPayment } from '../store/payments.ts'
import { findRefund, isReplaced, markContradicted, releaseLease, takeLease, updateRefund } from '../store/refunds.ts'
import type { PaymentsDb, RefundRow } from '../store/tables.ts'
import { insertTransfer } from '../store/transfers.ts'

type Needs = Readonly<{ db: PaymentsDb; providers: Providers; now: Clock }>
/** `isOutdated`: the payment has a former total of its subject, and another payment has the present one. */
type Answered = Readonly<{ refund: RefundRow; payment: PaidPayment; isOutdated: boolean; at: Date }>

/** `alsoSave` runs in the transaction that saves the provider's answer. */
export type FinishRefund = (
  refund_id: string,
  alsoSave?: (tx: AnyTx, refund: RefundRow) => Promise<void>,
) => Promise<RefundRow>

/**
 * Sends a requested refund to the provider and saves the answer. May be repeated. Callers of one process share a call, and one
 * process at a time calls (a lease in the row): the refund is still `requested` when another one does. The answer of a process
 * that was slower than its lease counts when it is `refunded`, also after a saved refusal, unless another refund has replaced
 * this one.
 */
export const finishRefund = ({ db, providers, now }: Needs): FinishRefund => {
  const calls = new Map<string, Promise<Call>>()
  const shareCall = (refund_id: string): Promise<Call> => {
    const call = calls.get(refund_id) ?? callProvider({ db, providers }, refund_id)
    calls.set(refund_id, call)
    return call
  }
  return async (refund_id, alsoSave = async () => {}) => {
    const call = shareCall(refund_id)
    try {
      const { requested, found, answer, lease } = await call
      const finished = await transaction(db, async (tx) => {
        const { payment, request } = await lockPayment(tx, found)
        if (!isPaid(payment)) throw new Error(`The payment ${payment.id} has the refund ${refund_id} and is not paid`)
        const refund = (await findRefund(tx, refund_id)) ?? requested
        const isLate = answer === 'refused' && refund.lease !== lease
        const isOutdated = payment.revision < request.revision
        const saved = isLate ? refund : await saveAnswer(tx, answer, { refund, payment, isOutdated, at: now() })
        await alsoSave(tx, saved)
        return saved
      })
      if (answer === 'refunded' && finished.contradicted_at) throw new RefundContradicted(finished)
      return finished
    } finally {
      if (calls.get(refund_id) === call) calls.delete(refund_id)
    }
  }
}

/** Thrown when the provider made a refund that it had refused before, and another refund may have replaced it. */
class RefundContradicted extends Error {
  constructor({ id, payment_id, amount, currency }: RefundRow) {
    super(
      `The provider made the refund ${id} of ${amount} ${currency} of the payment ${payment_id}, which it had refused: compare the refunds of the payment by hand, and write down how you settled it`,
    )
    this.name = 'RefundContradicted'
  }
}

type Call = Readonly<{ requested: RefundRow; found: Payment; answer: RefundAnswer | undefined; lease: string }>

/** There is no answer for a refund that has one, or for which another process asks. */
async function callProvider({ db, providers }: Omit<Needs, 'now'>, refund_id: string): Promise<Call> {
  const requested = await findRefund(db, refund_id)
  const found = requested && (await findPayment(db, requested.payment_id))
  if (!found) throw new Error(`The refund ${refund_id} does not exist`)
  const lease = newId()
  const isAsked = requested.status === 'requested' && (await takeLease(db, refund_id, lease))
  if (!isAsked) return { requested, found, answer: undefined, lease }
  const { id: payment_id, provider } = found
  const { amount, currency } = requested
  try {
    const answer = await providers.get(provider).refund({ refund_id, payment_id, amount, currency })
    crashPoint('after-refund.before-save')
    return { requested, found, answer, lease }
  } catch (error) {
    await releaseLease(db, refund_id, lease)
    throw error
  }
}

async function saveAnswer(tx: AnyTx, answer: RefundAnswer | undefined, answered: Answered): Promise<RefundRow> {
  const { refund, payment, at } = answered
  if (answer === undefined || refund.status === 'done') return refund
  if (refund.status === 'requested') return await (answer === 'refunded' ? saveDone : saveRefused)(tx, answered)
  if (answer === 'refused') return refund
  const isLeft = refund.amount <= payment.amount - payment.refunded_amount - payment.refunding_amount
  return isLeft && !(await isReplaced(tx, refund))
    ? await saveDone(tx, answered)
    : await markContradicted(tx, refund.id, at)
}

async function saveDone(tx: AnyTx, { refund, payment, isOutdated, at }: Answered): Promise<RefundRow> {
  const after = { ...payment, ...afterRefund(payment, refund.amount) }
  const wasRefused = refund.status === 'refused'
  await sql`
    update payments.payments
    set status = ${after.status}, refunded_amount = ${after.refunded_amount},
        refunding_amount = refunding_amount - ${wasRefused ? 0 : refund.amount}, updated_at = ${at}
    where id = ${payment.id}
  `.execute(tx)
  await insertTransfer(tx, { transfer_id: refund.id, payment, amount: -refund.amount, at })
  const done = await updateRefund(tx, { id: refund.id, status: 'done', at })
  // The handler of the cancellation publishes its own answer, which may have been the refusal; a refunded surplus changes
  // nothing for other modules: the subject stays paid, also when staff repeat the refund that the provider refused.
  const isAwaited = wasRefused || refund.requested_by === 'staff' || refund.requested_by === 'return'
  if (isAwaited && !after.surplus && !isOutdated) await publish(tx, [refunded(after, refund)])
  return done
}

async function saveRefused(tx: AnyTx, { refund, payment, at }: Answered): Promise<RefundRow> {
  await sql`
    update payments.payments set refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at} where id = ${payment.id}
  `.execute(tx)
  const refused = await updateRefund(tx, { id: refund.id, status: 'refused', at })
  if (refund.requested_by === 'return') await publish(tx, [refundRefused(payment, refused)])
  return refused
}
