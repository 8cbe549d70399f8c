import type { NewEvent } from '#platform/events'
import {
  paymentCompleted,
  paymentFailed,
  paymentProcessing,
  paymentRefunded,
  paymentRefundRefused,
  paymentStarted,
} from './events.ts'
import type { PaidPayment, Payment } from './payment.ts'
import type { FailureReason, RefundRefusal } from './schema.ts'

const chargeOf = ({ id, ...payment }: Payment) => ({
  payment_id: id,
  subject_type: payment.subject_type,
  subject_id: payment.subject_id,
  status: payment.status,
  user_id: payment.user_id,
  amount: payment.amount,
  currency: payment.currency,
  provider: payment.provider,
  revision: payment.revision,
})

export const started = (payment: Payment): NewEvent => paymentStarted(chargeOf(payment))

export const processing = (payment: Payment): NewEvent => paymentProcessing(chargeOf(payment))

export const completed = (payment: PaidPayment): NewEvent =>
  paymentCompleted({ ...chargeOf(payment), transaction_id: payment.transaction_id })

export const failed = ({ id, subject_type, subject_id, revision }: Payment, reason: FailureReason): NewEvent =>
  paymentFailed({ payment_id: id, subject_type, subject_id, revision, status: 'failed', reason })

type RefundFacts = Readonly<{ id: string; amount: number }>

/** `payment` is the payment after `refund`. */
export const refunded = (payment: PaidPayment, refund: RefundFacts): NewEvent =>
  paymentRefunded({
    ...chargeOf(payment),
    refund_id: refund.id,
    refund_amount: refund.amount,
    refunded_amount: payment.refunded_amount,
    fully_refunded: payment.status === 'refunded',
  })

export const refundRefused = (
  payment: PaidPayment,
  refund: RefundFacts,
  reason: RefundRefusal = 'provider-refused',
): NewEvent =>
  paymentRefundRefused({ ...chargeOf(payment), refund_id: refund.id, refund_amount: refund.amount, reason })
