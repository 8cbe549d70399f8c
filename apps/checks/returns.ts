import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Goods that buyers send back, their money and their stock. */
export const returnChecks: readonly CrossCheck[] = [
  {
    name: 'refunded-return-is-paid-out',
    description: 'The refund of every return is done in payments, for the same order and sum; and the other way round.',
    modules: ['ordering', 'payments'],
    violations: sql`
      select coalesce(returned.refund_id, refund.id) as refund_id, returned.id as return_id, returned.refund_amount, refund.amount
      from (select * from ordering.returns where status = 'refunded' and refund_amount > 0) as returned
        full join (
          select refund.*, payment.subject_id from payments.refunds as refund
            join payments.payments as payment on payment.id = refund.payment_id
          where refund.requested_by = 'return' and refund.status = 'done') as refund on refund.id = returned.refund_id
      where (returned.refund_amount, returned.order_id) is distinct from (refund.amount, refund.subject_id)
        and (refund.done_at is null or refund.done_at < now() - interval '5 minutes')
      limit 100
    `,
  },
  {
    name: 'returned-goods-are-on-hand',
    description: 'Five minutes after staff received a return, the sellable pieces of plain variants are on hand.',
    modules: ['ordering', 'catalog'],
    violations: sql`
      select returned.id as return_id, line.variant_id, counted.sellable, movement.delta
      from ordering.returns as returned
        join ordering.return_lines as counted on counted.return_id = returned.id
        join ordering.lines as line on line.order_id = counted.order_id and line.position = counted.position
        join catalog.hold_items as item on item.order_id = line.order_id and item.variant_id = line.variant_id
        join catalog.stock on stock.variant_id = line.variant_id
        left join catalog.movements as movement on movement.return_id = returned.id and movement.order_id = line.order_id
          and movement.variant_id = line.variant_id
      where returned.received_at < now() - interval '5 minutes' and counted.sellable > 0 and item.reserved > 0
        -- A variant that is also in a bundle of the order comes back with the bundle.
        and line.components is null and coalesce(movement.delta, 0) < counted.sellable
      limit 100
    `,
  },
]
