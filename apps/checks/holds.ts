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
    name: 'cancelled-order-holds-nothing',
    description: 'Five minutes after an order was cancelled, the catalog keeps no stock for it.',
    modules: ['catalog', 'ordering'],
    violations: sql`
      select hold.order_id, hold.state, placed.cancelled_at
      from catalog.holds as hold join ordering.orders as placed on placed.id = hold.order_id
      where hold.state in ('held', 'firm', 'sold') and placed.status = 'cancelled'
        and placed.cancelled_at < now() - interval '5 minutes'
      limit 100
    `,
  },
]
