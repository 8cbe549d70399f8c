import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { refunded } from '../payment-events.ts'
import { afterRefund, type PaidPayment, type Payment } from '../payment.ts'
import type { Providers } from '../provider.ts'
import { insertTransfer } from '../store/ledger.ts'
import { findPayment, lockPayment } from '../store/payment-store.ts'
import { findRefund } from '../store/refund-store.ts'
import type { PaymentRow, PaymentsTables, RefundRow } from '../store/table-types.ts'

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
    const payment = requested && (await findPayment(db, requested.payment_id))
    if (!payment) throw new Error(`The refund ${refund_id} does not exist`)
    const answer = requested.status === 'requested' ? await callProvider(providers, payment, requested) : undefined

    return await transaction(db, async (tx) => {
      const locked = await lockPayment(tx, payment)
      const refund = (await findRefund(tx, refund_id)) ?? requested
      const isUnsaved = answer !== undefined && refund.status === 'requested'
      const answered = { refund, payment: locked.payment as PaidPayment, at: now() }
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
  const { status, refunded_amount } = afterRefund(payment, refund.amount)
  const { rows } = await sql<PaymentRow>`
    update payments.payments
    set status = ${status}, refunded_amount = ${refunded_amount}, refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at}
    where id = ${payment.id} returning *
  `.execute(tx)
  await insertTransfer(tx, { transfer_id: refund.id, payment, amount: -refund.amount, at })
  const done = await updateRefund(tx, refund, { status: 'done', done_at: at })
  // The handler of the cancellation publishes its own answer; a refunded surplus changes nothing for other modules.
  if (refund.requested_by === 'staff') await publish(tx, [refunded(rows[0] as PaidPayment, refund)])
  return done
}

async function saveRefused(tx: AnyTx, { refund, payment, at }: Answered): Promise<RefundRow> {
  await sql`
    update payments.payments set refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at} where id = ${payment.id}
  `.execute(tx)
  return await updateRefund(tx, refund, { status: 'refused', done_at: null })
}

async function updateRefund(
  tx: AnyTx,
  { id }: RefundRow,
  { status, done_at }: Pick<RefundRow, 'status' | 'done_at'>,
): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    update payments.refunds set status = ${status}, done_at = ${done_at} where id = ${id} returning *
  `.execute(tx)
  return rows[0] as RefundRow
}
