import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import { returnChecks } from './returns/checks.ts'
import { checkoutVersions } from './checkout.ts'
import type { OrderingDb } from './store.ts'

/** The states in which a checkout may wait for any time. */
const untimedStates = Object.entries(checkoutVersions(0)[0].waiting).flatMap(([state, waiting]) =>
  waiting === 'untimed' ? [state] : [],
)

const withoutCheckout = sql<object>`
  select orders.id, orders.status, saga.state from ordering.orders
  left join platform.saga on saga.type = 'ordering.checkout' and saga.key = orders.id
  where saga.key is null
     or (orders.status = 'fulfilled') is distinct from (saga.state = 'fulfilled')
     or (orders.status = 'cancelled') is distinct from (saga.state in ('cancelled', 'refunding-late-payment'))
  limit 100`

const waitingWithoutTimeout = sql<object>`
  select saga.key as order_id, saga.state, orders.status, orders.paid_at
  from platform.saga join ordering.orders on orders.id = saga.key
  where saga.type = 'ordering.checkout' and saga.status = 'running' and saga.timeout_at is null
    and saga.state <> all(${untimedStates}::text[]) limit 100`

/** The invariants of orders, for `posad check`. */
export const orderingChecks = (db: OrderingDb): readonly Check[] => {
  const rowsOf = async (query: ReturnType<typeof sql<object>>) => (await query.execute(db)).rows
  return [
    ...returnChecks(db),
    {
      name: 'ordering.total-is-sum-of-lines',
      description:
        'The price of an order and its discount are the sums of its lines; its promotions give the discount.',
      violations: async () =>
        await rowsOf(sql<object>`
          select orders.id, orders.items_amount, sum(line.price * line.quantity) as lines_total, orders.discount_amount,
            sum(line.discount_amount) as lines_discount
          from ordering.orders left join ordering.lines line on line.order_id = orders.id
          group by orders.id having orders.items_amount is distinct from sum(line.price * line.quantity)
            or orders.discount_amount - orders.delivery_discount is distinct from sum(line.discount_amount)
            or orders.discount_amount <> (
              select coalesce(sum((discount ->> 'amount')::bigint), 0) from jsonb_array_elements(orders.discounts) as discount)
          limit 100`),
    },
    {
      name: 'ordering.every-order-has-its-checkout',
      description: 'Every order has a checkout, and both end together.',
      violations: async () => await rowsOf(withoutCheckout),
    },
    {
      name: 'ordering.waiting-checkout-has-timeout',
      description: 'A checkout that waits for an answer or for the payment has a timeout, and does not wait for ever.',
      violations: async () => await rowsOf(waitingWithoutTimeout),
    },
    {
      name: 'ordering.open-orders-are-open',
      description: 'An order counts as open only until it is paid, fulfilled or cancelled.',
      violations: async () =>
        await rowsOf(sql<object>`
          select orders.id, orders.status, orders.paid_at from ordering.open_orders open join ordering.orders on orders.id = open.order_id
          where orders.status in ('fulfilled', 'cancelled') or orders.paid_at is not null limit 100`),
    },
    {
      name: 'ordering.orders-follow-merges',
      description: 'No order belongs to an account that was merged.',
      violations: async () =>
        await rowsOf(sql<object>`
          select orders.id, orders.user_id from ordering.merged_accounts merged join ordering.orders using (user_id)
          where not merged.is_reverted limit 100`),
    },
    {
      name: 'ordering.timeline-ends-with-status',
      description: 'The last entry of a timeline has the status of its order.',
      violations: async () =>
        await rowsOf(sql<object>`
          select orders.id, orders.status, entry.status as timeline_status from ordering.orders
          left join lateral (select status from ordering.timeline where order_id = orders.id order by number desc limit 1) entry on true
          where entry.status is distinct from orders.status limit 100`),
    },
  ]
}
