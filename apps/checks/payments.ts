import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Orders and their money. */
export const paymentChecks: readonly CrossCheck[] = [
  {
    name: 'payment-has-order',
    description: 'Every payment of an order has its order, with the same customer, amount and currency.',
    violations: sql`
      select payment.id as payment_id, payment.subject_id as order_id, payment.amount, placed.total_amount
      from payments.payments as payment left join ordering.orders as placed on placed.id = payment.subject_id
      where payment.subject_type = 'order'
        and (payment.user_id, payment.amount, payment.currency)
          is distinct from (placed.user_id, placed.total_amount, placed.currency)
      limit 100
    `,
  },
  {
    name: 'paid-order-has-payment',
    description: 'Every paid order has a completed payment.',
    violations: sql`
      select placed.id as order_id, placed.status, placed.paid_at from ordering.orders as placed
      where placed.paid_at is not null and not exists (
        select from payments.payments as payment where payment.subject_id = placed.id and payment.completed_at is not null)
      limit 100
    `,
  },
  {
    name: 'cancelled-order-is-refunded',
    description: 'Five minutes after an order was cancelled, no payment of it is left to refund.',
    violations: sql`
      select payment.id as payment_id, payment.subject_id as order_id, payment.status, payment.refunded_amount
      from payments.payments as payment join ordering.orders as placed on placed.id = payment.subject_id
      where payment.status in ('completed', 'partially_refunded') and payment.amount > 0
        and greatest(placed.cancelled_at, payment.completed_at) < now() - interval '5 minutes'
        and placed.status = 'cancelled'
      limit 100
    `,
  },
]
