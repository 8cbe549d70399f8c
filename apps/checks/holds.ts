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
