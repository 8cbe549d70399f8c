import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { refunded, refundRefused } from '../payment-events.ts'
import { afterRefund, isPaid, type PaidPayment, type Payment } from '../payment.ts'
import type { Providers } from '../provider.ts'
import { findPayment, lockPayment } from '../store/payments.ts'
import { findRefund, updateRefund } from '../store/refunds.ts'
import type { PaymentsTables, RefundRow } from '../store/tables.ts'
import { insertTransfer } from '../store/transfers.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>
type Answered = Readonly<{ refund: RefundRow; payment: PaidPayment; at: Date }>

/** `alsoSave` runs in the transaction that saves the provider's answer. */
export type FinishRefund = (
  refund_id: string,
  alsoSave?: (tx: AnyTx, refund: RefundRow) => Promise<void>,
) => Promise<RefundRow>

/** Sends a requested refund to the provider and saves the answer. May be repeated. */
export const finishRefund =
  ({ db, providers, now }: Needs): FinishRefund =>
  async (refund_id, alsoSave = async () => {}) => {
    const requested = await findRefund(db, refund_id)
    const found = requested && (await findPayment(db, requested.payment_id))
    if (!found) throw new Error(`The refund ${refund_id} does not exist`)
    const answer = requested.status === 'requested' ? await callProvider(providers, found, requested) : undefined

    return await transaction(db, async (tx) => {
      const { payment } = await lockPayment(tx, found)
      if (!isPaid(payment)) throw new Error(`The payment ${payment.id} has the refund ${refund_id} and is not paid`)
      const refund = (await findRefund(tx, refund_id)) ?? requested
      const isUnsaved = answer !== undefined && refund.status === 'requested'
      const answered = { refund, payment, at: now() }
      const finished = isUnsaved
        ? await (answer === 'refunded' ? saveDone(tx, answered) : saveRefused(tx, answered))
        : refund
      await alsoSave(tx, finished)
      return finished
    })
  }

async function callProvider(providers: Providers, payment: Payment, { id, amount, currency }: RefundRow) {
  const provider = providers.get(payment.provider)
  const answer = await provider.refund({ refund_id: id, payment_id: payment.id, amount, currency })
  crashPoint('after-refund.before-save')
  return answer
}

async function saveDone(tx: AnyTx, { refund, payment, at }: Answered): Promise<RefundRow> {
  const after = { ...payment, ...afterRefund(payment, refund.amount) }
  await sql`
    update payments.payments
    set status = ${after.status}, refunded_amount = ${after.refunded_amount},
        refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at}
    where id = ${payment.id}
  `.execute(tx)
  await insertTransfer(tx, { transfer_id: refund.id, payment, amount: -refund.amount, at })
  const done = await updateRefund(tx, { id: refund.id, status: 'done', done_at: at })
  // The handler of the cancellation publishes its own answer; a refunded surplus changes nothing for other modules: the
  // subject stays paid, also when staff repeat the refund of a surplus that the provider refused.
  const isAwaited = refund.requested_by === 'staff' || refund.requested_by === 'return'
  if (isAwaited && !after.surplus) await publish(tx, [refunded(after, refund)])
  return done
}

async function saveRefused(tx: AnyTx, { refund, payment, at }: Answered): Promise<RefundRow> {
  await sql`
    update payments.payments set refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at} where id = ${payment.id}
  `.execute(tx)
  const refused = await updateRefund(tx, { id: refund.id, status: 'refused', done_at: null })
  if (refund.requested_by === 'return') await publish(tx, [refundRefused(payment, refused)])
  return refused
}
