import { isPaid, type Payment } from './payment.ts'
import type { PaymentView } from './schema.ts'

/** Returns the address of the page where the buyer pays for a subject. */
export type PayUrlOf = (subject_id: string) => string

export type PaymentViewOf = (payment: Payment) => PaymentView

/** Returns the JSON of a payment, the same for its buyer and for staff. */
export const paymentViewOf =
  (payUrlOf: PayUrlOf): PaymentViewOf =>
  (payment) => {
    const { id, subject_type, subject_id, user_id, amount, currency, method, provider, status } = payment
    const paid = isPaid(payment) ? payment : undefined
    return {
      id,
      subject_type,
      subject_id,
      user_id,
      amount,
      currency,
      method,
      provider,
      status,
      reason: payment.status === 'failed' ? payment.reason : null,
      transaction_id: paid?.transaction_id ?? null,
      confirmation_url:
        method === 'online' && payment.amount > 0 ? (payment.confirmation_url ?? payUrlOf(subject_id)) : null,
      refunded_amount: paid?.refunded_amount ?? 0,
      created_at: payment.created_at.toISOString(),
      completed_at: paid?.completed_at.toISOString() ?? null,
    }
  }
