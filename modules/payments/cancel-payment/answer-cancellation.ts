import type { AnyTx } from '#platform/db'
import { answerTo, publish, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import { paymentFailed } from '../events.ts'
import { completed, failed, refunded, refundRefused } from '../payment-events.ts'
import { stateOf, type SubjectState } from '../payment.ts'
import { lockPaymentRequest, updateToSettled } from '../store/payment-requests.ts'
import { listCurrentPaymentsOf } from '../store/payments.ts'
import { findLastRefund } from '../store/refunds.ts'
import type { CancelledPayment, CancelPaymentInput } from './cancel-payment.ts'

type Cancellation = CancelPaymentInput & Readonly<{ event_id: string }>

export type AnswerCancellation = (tx: AnyTx, input: Cancellation, cancelled: CancelledPayment) => Promise<void>

/**
 * Publishes the one answer to a cancellation: the saga that published it waits for exactly one. A replay publishes it under the
 * same id.
 */
export const answerCancellation =
  ({ now }: Readonly<{ now: Clock }>): AnswerCancellation =>
  async (tx, input, { refused }) => {
    const { event_id, subject_id, if_paid } = input
    const answer = (event: NewEvent) => publish(tx, [answerTo(event_id, event)])
    await lockPaymentRequest(tx, subject_id)
    const state = stateOf(await listCurrentPaymentsOf(tx, subject_id))
    if (state.kind === 'paid') {
      // The order waits in its cancellation, and staff refund the payment by hand.
      if (if_paid === 'refund' && refused) return await answer(refundRefused(state.payment, refused))
      // The payment succeeded after it was read: the event is handled again, reads it again and refunds it.
      if (if_paid === 'refund') throw new Error(`${subject_id} was paid during its cancellation`)
      await updateToSettled(tx, subject_id, now())
    }
    await answer(await answerOf(tx, input, state))
  }

async function answerOf(
  tx: AnyTx,
  { subject_type, subject_id }: CancelPaymentInput,
  state: SubjectState,
): Promise<NewEvent> {
  if (state.kind === 'paid') return completed(state.payment)
  if (state.kind === 'refunded') return refunded(state.payment, await findLastRefund(tx, state.payment.id))
  if (state.payment) return failed(state.payment, 'cancelled')
  return paymentFailed({ subject_type, subject_id, reason: 'cancelled' })
}
