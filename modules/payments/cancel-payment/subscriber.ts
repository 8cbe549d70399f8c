import { subscribe, type Subscription } from '#platform/events'
import type { paymentCancellationRequestedOf } from '../events.ts'
import type { AnswerCancellation } from './answer-cancellation.ts'
import type { CancelPayment } from './cancel-payment.ts'

/** The `payment-cancellation-requested` event of any module. */
export type PaymentCancellationRequested = ReturnType<typeof paymentCancellationRequestedOf<string>>

type Needs = Readonly<{ cancelPayment: CancelPayment; answerCancellation: AnswerCancellation }>

/** Handles `payment-cancellation-requested`. */
export const cancelPaymentSubscription = (
  { cancelPayment, answerCancellation }: Needs,
  cancellationRequested: PaymentCancellationRequested,
): Subscription =>
  subscribe(cancellationRequested, {
    prepare: ({ payload }) => cancelPayment(payload),
    handle: (tx, { event_id, payload }, cancelled) => answerCancellation(tx, { ...payload, event_id }, cancelled),
  })
