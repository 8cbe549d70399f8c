import type { NewEvent } from '#platform/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentStarted } from './events.ts'
import type { PaidPayment, Payment } from './payment.ts'
import type { FailureReason } from './schema.ts'

const chargeOf = ({ id, subject_type, subject_id, user_id, amount, currency, provider }: Payment) => ({
  payment_id: id,
  subject_type,
  subject_id,
  user_id,
  amount,
  currency,
  provider,
})

export const started = (payment: Payment): NewEvent => paymentStarted(chargeOf(payment))

export const completed = (payment: PaidPayment): NewEvent =>
  paymentCompleted({ ...chargeOf(payment), transaction_id: payment.transaction_id })

export const failed = ({ id, subject_type, subject_id }: Payment, reason: FailureReason): NewEvent =>
  paymentFailed({ payment_id: id, subject_type, subject_id, reason })

/** `payment` is the payment after `refund`. */
export const refunded = (payment: PaidPayment, refund: Readonly<{ id: string; amount: number }>): NewEvent =>
  paymentRefunded({
    ...chargeOf(payment),
    refund_id: refund.id,
    refunded_amount: refund.amount,
    refunded_total: payment.refunded_amount,
    fully_refunded: payment.status === 'refunded',
  })
