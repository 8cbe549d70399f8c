import { Type, type Static } from 'typebox'
import { paymentExample } from './examples.ts'
import { isPaid, type Payment } from './payment.ts'

const Nullable = (description: string, format?: string) =>
  Type.Unsafe<string | null>({ type: ['string', 'null'], description, ...(format && { format }) })

/** A payment as its buyer and the staff see it. */
export const PaymentAnswer = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    subject_type: Type.String({ description: 'What is paid for: order, subscription, donation or plan' }),
    subject_id: Type.String({ format: 'uuid' }),
    user_id: Type.String({ format: 'uuid' }),
    amount: Type.Integer({ minimum: 0, description: 'Minor units' }),
    currency: Type.String({ minLength: 3, maxLength: 3 }),
    method: Type.Union([Type.Literal('online'), Type.Literal('cash_on_delivery')]),
    provider: Type.String(),
    status: Type.Union([
      Type.Literal('pending'),
      Type.Literal('processing'),
      Type.Literal('completed'),
      Type.Literal('failed'),
      Type.Literal('refunded'),
      Type.Literal('partially_refunded'),
    ]),
    reason: Nullable('Why it failed: declined or cancelled'),
    transaction_id: Nullable('What the provider calls it'),
    confirmation_url: Type.String({ description: 'Where the buyer pays, or sees that it is paid' }),
    refunded_amount: Type.Integer({ minimum: 0 }),
    created_at: Type.String({ format: 'date-time' }),
    completed_at: Nullable('When the money was there', 'date-time'),
  },
  { title: 'Payment', examples: [paymentExample] },
)

export function presentPayment(payment: Payment): Static<typeof PaymentAnswer> {
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
    confirmation_url: payment.confirmation_url ?? `/pay/${subject_id}`,
    refunded_amount: paid?.refunded_amount ?? 0,
    created_at: payment.created_at.toISOString(),
    completed_at: paid?.completed_at.toISOString() ?? null,
  }
}
