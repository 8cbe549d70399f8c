import { sql } from 'kysely'
import type { CrossCheck } from './cross-check.ts'

/** Orders and their shipments. A shipment without a method is a tombstone: its order was cancelled first. */
export const shipmentChecks: readonly CrossCheck[] = [
  {
    name: 'shipment-has-order',
    description: 'Every shipment has its order.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select shipment.id as shipment_id, shipment.order_id, shipment.status
      from delivery.shipments as shipment
      where not exists (select from ordering.orders where id = shipment.order_id) limit 100
    `,
  },
  {
    name: 'shipping-order-has-shipment',
    description: 'Five minutes after an order was given to delivery, it has its shipment.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.shipped_at from ordering.orders as placed
      where placed.status = 'shipping' and placed.shipped_at < now() - interval '5 minutes' and not exists (
        select from delivery.shipments as shipment where shipment.order_id = placed.id and shipment.method is not null)
      limit 100
    `,
  },
  {
    name: 'shipment-is-paid',
    description: 'Every shipment on its way has an order that is paid, or accepted with cash on delivery.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select shipment.id as shipment_id, shipment.order_id, shipment.status, placed.status as order_status,
             placed.payment_method
      from delivery.shipments as shipment join ordering.orders as placed on placed.id = shipment.order_id
      where shipment.method is not null and shipment.status <> 'cancelled'
        and case placed.payment_method
              when 'cash_on_delivery' then placed.status = 'created'
              else placed.paid_at is null
            end
      limit 100
    `,
  },
  {
    name: 'fulfilled-order-is-delivered',
    description: 'Five minutes after an order was fulfilled, its shipment is delivered.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select placed.id as order_id, placed.fulfilled_at, shipment.id as shipment_id, shipment.status
      from ordering.orders as placed left join delivery.shipments as shipment on shipment.order_id = placed.id
      where placed.status = 'fulfilled' and placed.fulfilled_at < now() - interval '5 minutes'
        and shipment.status is distinct from 'delivered'
      limit 100
    `,
  },
  {
    name: 'ended-shipment-ends-order',
    description: 'Five minutes after a shipment was delivered or failed, its order is not on its way any more.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select placed.id as order_id, shipment.id as shipment_id, shipment.status, shipment.updated_at
      from ordering.orders as placed join delivery.shipments as shipment on shipment.order_id = placed.id
      where placed.status = 'shipping' and placed.reason is null
        and shipment.status in ('delivered', 'failed', 'returned', 'cancelled')
        and greatest(shipment.updated_at, placed.shipped_at) < now() - interval '5 minutes'
      limit 100
    `,
  },
  {
    name: 'shipment-is-of-the-buyer',
    description: 'A shipment belongs to the account of its order.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select shipment.id as shipment_id, shipment.order_id, shipment.user_id, placed.user_id as buyer_id
      from delivery.shipments as shipment join ordering.orders as placed on placed.id = shipment.order_id
      where shipment.method is not null and shipment.user_id is distinct from placed.user_id
        and greatest(shipment.updated_at, placed.updated_at) < now() - interval '5 minutes'
      limit 100
    `,
  },
  {
    name: 'delivered-is-not-cancelled',
    description: 'No order is cancelled whose shipment was delivered.',
    modules: ['delivery', 'ordering'],
    violations: sql`
      select shipment.id as shipment_id, shipment.order_id, placed.reason
      from delivery.shipments as shipment join ordering.orders as placed on placed.id = shipment.order_id
      where shipment.status = 'delivered' and placed.status = 'cancelled' limit 100
    `,
  },
]
