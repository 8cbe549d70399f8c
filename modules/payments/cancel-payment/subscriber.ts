import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { subscribe, publish, type Subscription, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import { paymentFailed, type paymentCancellationRequestedOf } from '../events.ts'
import { completed, failed, refunded } from '../news.ts'
import { standingOf, type PaidPayment, type Standing } from '../payment.ts'
import { attemptsOf, lockDue } from '../subject.ts'
import type { RefundRow } from '../tables.ts'
import type { CancelPayment, NotDue } from './cancel-payment.ts'

/** The `payment-not-due` of any module. */
export type PaymentCancellationRequested = ReturnType<typeof paymentCancellationRequestedOf<string>>

type Needs = Readonly<{ cancel: CancelPayment; now: Clock }>

/** Whatever was or was not there, every payment-not-due gets exactly one answer: whoever told it waits for that. */
export const hearNotDue = ({ cancel, now }: Needs, notDue: PaymentCancellationRequested): Subscription =>
  subscribe(
    notDue,
    ({ payload }) => cancel(payload),
    async (tx, { payload }) => {
      await lockDue(tx, payload.subject_id)
      const standing = standingOf(await attemptsOf(tx, payload.subject_id))
      if (standing.kind === 'paid') await keepMoney(tx, payload, now())
      await publish(tx, [await answerTo(tx, payload, standing)])
    },
  )

async function keepMoney(tx: AnyTx, { subject_id, if_paid }: NotDue, at: Date): Promise<void> {
  // Money that came in after we asked: the event is heard again, asks again and gives it back.
  if (if_paid === 'refund') throw new Error(`${subject_id} was paid while it was called off`)
  await sql`update payments.dues set status = 'settled', updated_at = ${at} where subject_id = ${subject_id}`.execute(
    tx,
  )
}

async function answerTo(tx: AnyTx, { subject_type, subject_id }: NotDue, standing: Standing): Promise<NewEvent> {
  if (standing.kind === 'paid') return completed(standing.payment)
  if (standing.kind === 'refunded') return refunded(standing.payment, await lastRefundOf(tx, standing.payment))
  if (standing.payment) return failed(standing.payment, 'cancelled')
  return paymentFailed({ subject_type, subject_id, reason: 'cancelled' })
}

async function lastRefundOf(tx: AnyTx, { id }: PaidPayment): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    select * from payments.refunds where payment_id = ${id} and status = 'done' order by done_at desc, id desc limit 1
  `.execute(tx)
  return rows[0] as RefundRow
}
