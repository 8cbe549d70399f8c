import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import { publish, subscribe, type NewEvent, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import { paymentFailed, type paymentCancellationRequestedOf } from '../events.ts'
import { completed, failed, refunded } from '../payment-events.ts'
import { stateOf, type PaidPayment, type SubjectState } from '../payment.ts'
import { listPaymentsOf, lockPaymentRequest } from '../store/payment-store.ts'
import type { RefundRow } from '../store/table-types.ts'
import type { CancelPayment, CancelPaymentInput } from './cancel-payment.ts'

/** The `payment-cancellation-requested` event of any module. */
export type PaymentCancellationRequested = ReturnType<typeof paymentCancellationRequestedOf<string>>

type Needs = Readonly<{ cancelPayment: CancelPayment; now: Clock }>

/** Handles `payment-cancellation-requested`. The saga that published it waits for exactly one answer. */
export const cancelRequestedPayment = (
  { cancelPayment, now }: Needs,
  cancellationRequested: PaymentCancellationRequested,
): Subscription =>
  subscribe(cancellationRequested, {
    prepare: ({ payload }) => cancelPayment(payload),
    handle: async (tx, { payload }) => {
      await lockPaymentRequest(tx, payload.subject_id)
      const state = stateOf(await listPaymentsOf(tx, payload.subject_id))
      if (state.kind === 'paid') await settleRequest(tx, payload, now())
      await publish(tx, [await answerOf(tx, payload, state)])
    },
  })

async function settleRequest(tx: AnyTx, { subject_id, if_paid }: CancelPaymentInput, at: Date): Promise<void> {
  // The payment succeeded after it was read: the event is handled again, reads it again and refunds it.
  if (if_paid === 'refund') throw new Error(`${subject_id} was paid during its cancellation`)
  await sql`
    update payments.payment_requests set status = 'settled', updated_at = ${at} where subject_id = ${subject_id}
  `.execute(tx)
}

async function answerOf(
  tx: AnyTx,
  { subject_type, subject_id }: CancelPaymentInput,
  state: SubjectState,
): Promise<NewEvent> {
  if (state.kind === 'paid') return completed(state.payment)
  if (state.kind === 'refunded') return refunded(state.payment, await findLastRefund(tx, state.payment))
  if (state.payment) return failed(state.payment, 'cancelled')
  return paymentFailed({ subject_type, subject_id, reason: 'cancelled' })
}

async function findLastRefund(tx: AnyTx, { id }: PaidPayment): Promise<RefundRow> {
  const { rows } = await sql<RefundRow>`
    select * from payments.refunds where payment_id = ${id} and status = 'done' order by done_at desc, id desc limit 1
  `.execute(tx)
  return rows[0] as RefundRow
}
