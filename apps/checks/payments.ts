import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Orders and their money. */
export const paymentChecks: readonly CrossCheck[] = [
  {
    name: 'payment-has-order',
    description:
      'Every payment of an order has its order, with the same customer and currency, and, for the revision that the order has, the same amount.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select payment.id as payment_id, payment.subject_id as order_id, payment.amount, placed.total_amount
      from payments.payments as payment left join ordering.orders as placed on placed.id = payment.subject_id
      where payment.subject_type = 'order'
        and ((payment.user_id, payment.currency) is distinct from (placed.user_id, placed.currency)
          or payment.revision > placed.payment_revision
          or (payment.revision = placed.payment_revision and payment.amount <> placed.total_amount))
      limit 100
    `,
  },
  {
    name: 'paid-order-has-payment',
    description: 'Every paid order has a completed payment.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.status, placed.paid_at from ordering.orders as placed
      where placed.paid_at is not null and not exists (
        select from payments.payments as payment
        where payment.subject_id = placed.id and payment.revision = placed.payment_revision and payment.completed_at is not null)
      limit 100
    `,
  },
  {
    name: 'fulfilled-order-is-paid',
    description: 'Five minutes after an order was fulfilled, its payment is completed, in cash too.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.payment_method, placed.fulfilled_at from ordering.orders as placed
      where placed.status = 'fulfilled' and placed.fulfilled_at < now() - interval '5 minutes' and not exists (
        select from payments.payments as payment
        where payment.subject_id = placed.id and payment.revision = placed.payment_revision and payment.completed_at is not null)
      limit 100
    `,
  },
  {
    name: 'completed-payment-pays-order',
    description: 'Five minutes after a payment was completed, its order counts as paid, or is being cancelled.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select payment.id as payment_id, placed.id as order_id, placed.status, payment.completed_at
      from payments.payments as payment join ordering.orders as placed on placed.id = payment.subject_id
      where payment.method = 'online' and payment.status = 'completed' and not payment.surplus
        and payment.revision = placed.payment_revision
        and payment.completed_at < now() - interval '5 minutes'
        and placed.paid_at is null and placed.reason is null and placed.status in ('created', 'processing')
      limit 100
    `,
  },
  {
    name: 'payment-request-is-of-the-order',
    description:
      'The payment that an order requested has its amount, currency and method, five minutes after an edit that changed them.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select placed.id as order_id, request.amount, placed.total_amount, request.method, placed.payment_method
      from payments.payment_requests as request join ordering.orders as placed on placed.id = request.subject_id
      where request.subject_type = 'order' and request.amount is not null
        and ((request.amount, request.currency, request.method, request.revision)
          is distinct from (placed.total_amount, placed.currency, placed.payment_method, placed.payment_revision))
        and (placed.payment_revision = 1 or placed.updated_at < now() - interval '5 minutes')
      limit 100
    `,
  },
  {
    name: 'cancelled-order-is-refunded',
    description: 'Five minutes after an order was cancelled, no payment of it is left to refund.',
    modules: ['payments', 'ordering'],
    violations: sql`
      select payment.id as payment_id, payment.subject_id as order_id, payment.status, payment.refunded_amount
      from payments.payments as payment join ordering.orders as placed on placed.id = payment.subject_id
      where payment.status in ('completed', 'partially_refunded') and payment.amount > 0
        and greatest(placed.cancelled_at, payment.completed_at) < now() - interval '5 minutes'
        and placed.status = 'cancelled'
      limit 100
    `,
  },
  {
    name: 'refunded-order-is-not-delivered',
    description: 'No order is delivered after its full refund, unless its shipment could not be cancelled any more.',
    modules: ['payments', 'ordering', 'delivery'],
    violations: sql`
      select placed.id as order_id, payment.id as payment_id, refund.done_at as refunded_at, placed.fulfilled_at
      from ordering.orders as placed join payments.payments as payment on payment.subject_id = placed.id
        left join delivery.shipments as shipment on shipment.order_id = placed.id
        cross join lateral (select max(done_at) as done_at from payments.refunds where payment_id = payment.id) as refund
      where payment.status = 'refunded' and not payment.surplus and payment.revision = placed.payment_revision and placed.status = 'fulfilled'
        -- Ordering handles the events of both modules in the order of the log, which may differ by a moment.
        and least(placed.fulfilled_at, shipment.delivered_at) > refund.done_at + interval '1 minute'
        and not exists (
          select from ordering.timeline where order_id = placed.id and event = 'shipment-cancellation-refused')
      limit 100
    `,
  },
  {
    name: 'refunded-order-is-not-on-its-way',
    description:
      'Five minutes after the full refund of an order, its shipment is cancelled or has ended, unless it could not be cancelled any more.',
    modules: ['payments', 'ordering', 'delivery'],
    violations: sql`
      select placed.id as order_id, placed.status, shipment.id as shipment_id, shipment.status as shipment_status,
        refund.done_at as refunded_at
      from payments.payments as payment join ordering.orders as placed on placed.id = payment.subject_id
        join delivery.shipments as shipment on shipment.order_id = placed.id
        cross join lateral (select max(done_at) as done_at from payments.refunds where payment_id = payment.id) as refund
      where payment.status = 'refunded' and not payment.surplus and payment.revision = placed.payment_revision and refund.done_at < now() - interval '5 minutes'
        and shipment.method is not null and shipment.status not in ('delivered', 'failed', 'returned', 'cancelled')
        and not exists (
          select from ordering.timeline where order_id = placed.id and event = 'shipment-cancellation-refused')
      limit 100
    `,
  },
]
