import { sql, type Kysely } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { crashPoint } from './crash-points.ts'
import type { Clock } from '#platform/values'
import { book } from './ledger.ts'
import { refunded } from './news.ts'
import { afterRefund, type PaidPayment, type Payment } from './payment.ts'
import type { Providers } from './provider.ts'
import { lockPayment, paymentById } from './subject.ts'
import type { PaymentRow, PaymentsTables, RefundRow } from './tables.ts'

type Needs = Readonly<{ db: Kysely<PaymentsTables>; providers: Providers; now: Clock }>
type FinalWord = Readonly<{ refund: RefundRow; payment: PaidPayment; at: Date }>

/** Has the provider do a promised refund and books it. May be repeated; `last` runs in the transaction of the end. */
export type FinishRefund = (
  refund_id: string,
  last?: (tx: AnyTx, refund: RefundRow) => Promise<void>,
) => Promise<RefundRow>

export const finishRefund =
  ({ db, providers, now }: Needs): FinishRefund =>
  async (refund_id, last = async () => {}) => {
    const asked = await refundById(db, refund_id)
    const payment = asked && (await paymentById(db, asked.payment_id))
    if (!payment) throw new Error(`There is no refund ${refund_id}`)
    const word = asked.status === 'requested' ? await askProvider(providers, payment, asked) : undefined

    return await transaction(db, async (tx) => {
      const locked = await lockPayment(tx, payment)
      const refund = (await refundById(tx, refund_id)) ?? asked
      const isMine = word !== undefined && refund.status === 'requested'
      const final = { refund, payment: locked.payment as PaidPayment, at: now() }
      const finished = isMine ? await (word === 'refunded' ? keepDone(tx, final) : keepRefused(tx, final)) : refund
      await last(tx, finished)
      return finished
    })
  }

async function askProvider(providers: Providers, payment: Payment, { id, amount, currency }: RefundRow) {
  const provider = providers.named(payment.provider)
  const word = await provider.refund({ refund_id: id, payment_id: payment.id, amount, currency })
  crashPoint('after-refund.before-save')
  return word
}

async function keepDone(tx: AnyTx, { refund, payment, at }: FinalWord): Promise<RefundRow> {
  const { status, refunded_amount } = afterRefund(payment, refund.amount)
  const { rows } = await sql<PaymentRow>`
    update payments.payments
    set status = ${status}, refunded_amount = ${refunded_amount}, refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at}
    where id = ${payment.id} returning *
  `.execute(tx)
  await book(tx, { transfer_id: refund.id, payment, amount: -refund.amount, at })
  const done = await endRefund(tx, refund, { status: 'done', done_at: at })
  // What was called off is answered by cancel-payment, once; a surplus is nobody's business but the buyer's bank's.
  if (refund.asked_by === 'staff') await publish(tx, [refunded(rows[0] as PaidPayment, refund)])
  return done
}

async function keepRefused(tx: AnyTx, { refund, payment, at }: FinalWord): Promise<RefundRow> {
  await sql`
    update payments.payments set refunding_amount = refunding_amount - ${refund.amount}, updated_at = ${at} where id = ${payment.id}
  `.execute(tx)
  return await endRefund(tx, refund, { status: 'refused', done_at: null })
}

async function endRefund(tx: AnyTx, { id }: RefundRow, end: Pick<RefundRow, 'status' | 'done_at'>): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    update payments.refunds set status = ${end.status}, done_at = ${end.done_at} where id = ${id} returning *
  `.execute(tx)
  return rows[0] as RefundRow
}

export async function refundById(db: Kysely<PaymentsTables> | AnyTx, id: string): Promise<RefundRow | undefined> {
  const { rows } = await sql<RefundRow>`select * from payments.refunds where id = ${id}`.execute(db)
  return rows[0]
}
