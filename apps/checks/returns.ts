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
    name: 'refunding-return-is-in-payments',
    description:
      'Five minutes after staff refund a return, payments has the refund, and the return waits for no refund that was refused. A repeat of the refund requests it again.',
    modules: ['ordering', 'payments'],
    violations: sql`
      select returned.id as return_id, returned.order_id, returned.refund_id, refund.status, returned.updated_at
      from ordering.returns as returned left join payments.refunds as refund on refund.id = returned.refund_id
      where returned.status = 'refunding' and returned.updated_at < now() - interval '5 minutes'
        and (refund.id is null or (refund.status = 'refused' and refund.refused_at < now() - interval '5 minutes'))
      limit 100
    `,
  },
  {
    name: 'returned-goods-are-on-hand',
    description:
      'Five minutes after staff received a return, its sellable pieces are on hand, a bundle as its components, and no others. Pieces that were sold while their stock was not tracked did not leave it.',
    modules: ['ordering', 'catalog'],
    violations: sql`
      with piece as (
        select counted.return_id, counted.order_id, part.variant_id, sum(counted.sellable * part.quantity) as pieces
        from ordering.return_lines as counted
          join ordering.lines as line on line.order_id = counted.order_id and line.position = counted.position
          cross join lateral (
            select line.variant_id, 1 as quantity where line.components is null
            union all
            select component.variant_id, component.quantity
            from jsonb_to_recordset(line.components) as component(variant_id uuid, quantity int)) as part
        where counted.sellable > 0
        group by 1, 2, 3
      ), expected as (
        select piece.*, returned.received_at, item.reserved from piece
          join ordering.returns as returned on returned.id = piece.return_id and returned.status <> 'refused'
          join catalog.hold_items as item on item.order_id = piece.order_id and item.variant_id = piece.variant_id
          join catalog.stock on stock.variant_id = piece.variant_id
        where item.reserved > 0
      )
      select coalesce(expected.return_id, movement.return_id) as return_id,
        coalesce(expected.order_id, movement.order_id) as order_id,
        coalesce(expected.variant_id, movement.variant_id) as variant_id, expected.pieces, movement.delta
      from expected
        full join (select * from catalog.movements where return_id is not null) as movement
          on movement.return_id = expected.return_id and movement.order_id = expected.order_id
            and movement.variant_id = expected.variant_id
      where movement.delta is distinct from expected.pieces
        and (coalesce(movement.delta, 0) > coalesce(expected.pieces, 0) or expected.reserved > (
          select coalesce(sum(delta), 0) from catalog.movements as restocked where restocked.return_id is not null
            and restocked.order_id = expected.order_id and restocked.variant_id = expected.variant_id))
        and greatest(expected.received_at, movement.moved_at) < now() - interval '5 minutes'
      limit 100
    `,
  },
]
