import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Orders and the stock that the catalog keeps for them. */
export const holdChecks: readonly CrossCheck[] = [
  // The job of ordering expires a hold that has no order two minutes after its last claim, and runs every minute.
  {
    name: 'hold-has-order',
    description: 'Every hold that is older than four minutes has its order.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select hold.order_id, hold.state, hold.held_at, hold.expires_at from catalog.holds as hold
      where hold.state in ('held', 'firm', 'sold') and hold.held_at < now() - interval '4 minutes'
        and not exists (select from ordering.orders where id = hold.order_id)
      limit 100
    `,
  },
  {
    name: 'hold-has-the-edits-of-its-order',
    description: 'Five minutes after staff edited an order, the catalog keeps its new goods.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.revision, hold.revision as revision_of_hold
      from ordering.orders as placed join catalog.holds as hold on hold.order_id = placed.id
      where hold.state in ('held', 'firm', 'sold') and hold.revision <> placed.revision
        and placed.updated_at < now() - interval '5 minutes'
      limit 100
    `,
  },
  {
    name: 'paid-order-has-its-goods',
    description:
      'Five minutes after an order was paid or shipped, the catalog keeps its goods until they are delivered.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.status, hold.state
      from ordering.orders as placed left join catalog.holds as hold on hold.order_id = placed.id
      where placed.status in ('paid', 'shipping')
        and greatest(placed.paid_at, placed.shipped_at) < now() - interval '5 minutes'
        and (hold.state is null or hold.state in ('released', 'expired'))
      limit 100
    `,
  },
  {
    name: 'fulfilled-order-has-sold-its-goods',
    description: 'Five minutes after an order was fulfilled, the catalog has sold its goods.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.fulfilled_at, hold.state
      from ordering.orders as placed left join catalog.holds as hold on hold.order_id = placed.id
      where placed.status = 'fulfilled' and placed.fulfilled_at < now() - interval '5 minutes'
        and hold.state is distinct from 'sold'
      limit 100
    `,
  },
  {
    name: 'cancelled-order-holds-nothing',
    description: 'Five minutes after an order was cancelled, the catalog keeps no stock for it; a return is no stock.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select hold.order_id, hold.state, placed.cancelled_at
      from catalog.holds as hold join ordering.orders as placed on placed.id = hold.order_id
      where hold.state in ('held', 'firm', 'sold') and placed.status = 'cancelled'
        and placed.cancelled_at < now() - interval '5 minutes'
      limit 100
    `,
  },
  {
    name: 'goods-that-left-are-in-return',
    description:
      'Five minutes after an order was cancelled, its goods are a return exactly when its parcel had left the shop.',
    modules: ['catalog', 'ordering', 'delivery'],
    violations: sql`
      select placed.id as order_id, placed.goods_left, hold.state, shipment.status as shipment_status
      from ordering.orders as placed left join catalog.holds as hold on hold.order_id = placed.id
        left join delivery.shipments as shipment on shipment.order_id = placed.id
      where placed.status = 'cancelled' and placed.cancelled_at < now() - interval '5 minutes'
        and (placed.goods_left <> (hold.state is not distinct from 'in_return')
          or placed.goods_left <> (shipment.id is not null and jsonb_path_exists(shipment.timeline,
            '$[*] ? (@.status == "handed_over" || @.status == "in_transit" || @.status == "out_for_delivery")')))
      limit 100
    `,
  },
]
