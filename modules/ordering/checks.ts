import { sql, type Kysely } from 'kysely'
import type { Check } from '#platform/checks'
import type { OrderingTables } from './store.ts'

/** The invariants of orders, for `posad check`. */
export const orderingChecks = (db: Kysely<OrderingTables>): readonly Check[] => {
  const rowsOf = async (query: ReturnType<typeof sql<object>>) => (await query.execute(db)).rows
  return [
    {
      name: 'ordering.total-is-sum-of-lines',
      description:
        'The price of an order and its discount are the sums of its lines; its promotions give the discount.',
      violations: async () =>
        await rowsOf(sql<object>`
          select o.id, o.items_amount, sum(l.price * l.quantity) as lines_total, o.discount_amount,
            sum(l.discount_amount) as lines_discount
          from ordering.orders o left join ordering.lines l on l.order_id = o.id
          group by o.id having o.items_amount is distinct from sum(l.price * l.quantity)
            or o.discount_amount - o.delivery_discount is distinct from sum(l.discount_amount)
            or o.discount_amount <> (
              select coalesce(sum((discount ->> 'amount')::bigint), 0) from jsonb_array_elements(o.discounts) as discount)
          limit 100`),
    },
    {
      name: 'ordering.every-order-has-its-checkout',
      description: 'Every order has a checkout, and both end together.',
      violations: async () =>
        await rowsOf(sql<object>`
          select o.id, o.status, s.state from ordering.orders o
          left join platform.saga s on s.type = 'ordering.checkout' and s.key = o.id
          where s.key is null
             or (o.status = 'fulfilled') is distinct from (s.state = 'fulfilled')
             or (o.status = 'cancelled') is distinct from (s.state in ('cancelled', 'refunding-late-payment'))
          limit 100`),
    },
    {
      name: 'ordering.open-orders-are-open',
      description: 'An order counts as open only until it is paid, fulfilled or cancelled.',
      violations: async () =>
        await rowsOf(sql<object>`
          select o.id, o.status, o.paid_at from ordering.open_orders open join ordering.orders o on o.id = open.order_id
          where o.status in ('fulfilled', 'cancelled') or o.paid_at is not null limit 100`),
    },
    {
      name: 'ordering.orders-follow-merges',
      description: 'No order belongs to an account that was merged.',
      violations: async () =>
        await rowsOf(sql<object>`
          select o.id, o.user_id from ordering.merged_accounts m join ordering.orders o using (user_id)
          where not m.is_reverted limit 100`),
    },
    {
      name: 'ordering.timeline-ends-with-status',
      description: 'The last entry of a timeline has the status of its order.',
      violations: async () =>
        await rowsOf(sql<object>`
          select o.id, o.status, t.status as timeline_status from ordering.orders o
          left join lateral (select status from ordering.timeline where order_id = o.id order by number desc limit 1) t on true
          where t.status is distinct from o.status limit 100`),
    },
  ]
}
