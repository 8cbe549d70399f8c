import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#platform/db'

/** A rule over the tables of several modules. Its rows break it; it holds at the end of a run, when nothing is in progress. */
type Invariant = Readonly<{ name: string; violations: RawBuilder<object> }>

/** The rules that hold after every run of faults, wherever the tables are. */
const invariants: readonly Invariant[] = [
  {
    name: 'every order has ended',
    violations: sql`
      select id, status, reason, shipment_status, payment_status from ordering.orders
      where status not in ('fulfilled', 'cancelled') limit 5`,
  },
  {
    name: 'the bank has the money of each fulfilled order once, and of no other',
    violations: sql`
      select placed.id, placed.status, placed.total_amount, bank.held, bank.successes
      from ordering.orders as placed left join (
        select payment.subject_id, sum(charge.amount - charge.refunded_amount) as held, count(*) as successes
        from payments.payments as payment join payments.sandbox_charges as charge on charge.payment_id = payment.id
        where charge.status = 'succeeded' group by payment.subject_id) as bank on bank.subject_id = placed.id
      where coalesce(bank.held, 0) <>
          case when placed.status = 'fulfilled' and placed.payment_method = 'online' then placed.total_amount else 0 end
        or bank.successes > 1
      limit 5`,
  },
  {
    name: 'the bank has no charge that the books do not have',
    violations: sql`
      select charge.payment_id, charge.status from payments.sandbox_charges as charge
      where not exists (select from payments.payments as payment where payment.id = charge.payment_id) limit 5`,
  },
  {
    name: 'the ledger sums to zero',
    violations: sql`select currency, sum(amount) from payments.ledger group by currency having sum(amount) <> 0`,
  },
  {
    name: 'each fulfilled order has one delivered shipment, and no cancelled one has any on its way',
    violations: sql`
      select placed.id, placed.status, shipment.status as shipment_status
      from ordering.orders as placed left join delivery.shipments as shipment on shipment.order_id = placed.id
      where case placed.status
        when 'fulfilled' then coalesce(shipment.status, 'none') <> 'delivered'
        else coalesce(shipment.status, 'none') not in ('none', 'cancelled', 'failed', 'returned') end
      limit 5`,
  },
  {
    name: 'a fulfilled order has sold its goods, and a cancelled one has freed them',
    violations: sql`
      select placed.id, placed.status, hold.state
      from ordering.orders as placed left join catalog.holds as hold on hold.order_id = placed.id
      where coalesce(hold.state, 'none') <> case placed.status when 'fulfilled' then 'sold' else 'released' end limit 5`,
  },
  {
    name: 'no goods are reserved but those of holds, and none are sold but those of fulfilled orders',
    violations: sql`
      select stock.variant_id, stock.on_hand, stock.reserved, held.pieces as held, moved.pieces as moved, sold.pieces as sold
      from catalog.stock as stock
        left join (
          select item.variant_id, sum(item.reserved) as pieces from catalog.hold_items as item
          join catalog.holds as hold on hold.order_id = item.order_id
          where hold.state in ('held', 'firm') group by item.variant_id) as held on held.variant_id = stock.variant_id
        left join (
          select variant_id, sum(delta) as pieces, -sum(delta) filter (where kind = 'sale') as sold
          from catalog.movements group by variant_id) as moved on moved.variant_id = stock.variant_id
        left join (
          select line.variant_id, sum(line.quantity) as pieces from ordering.lines as line
          join ordering.orders as placed on placed.id = line.order_id
          where placed.status = 'fulfilled' group by line.variant_id) as sold on sold.variant_id = stock.variant_id
      where stock.policy = 'track' and (
        stock.reserved <> coalesce(held.pieces, 0) or stock.on_hand <> coalesce(moved.pieces, 0)
        or coalesce(moved.sold, 0) <> coalesce(sold.pieces, 0))
      limit 5`,
  },
]

/** The rows that break an invariant, by its name. `db` shows the tables of catalog, ordering, payments and delivery. */
export async function brokenInvariants(db: Db): Promise<Record<string, readonly object[]>> {
  const broken: Record<string, readonly object[]> = {}
  for (const { name, violations } of invariants) {
    const { rows } = await violations.execute(db)
    if (rows.length > 0) broken[name] = rows
  }
  return broken
}

/** The sagas and messages of one database that are not at rest. */
export async function unfinishedWork(db: Db): Promise<readonly object[]> {
  const { rows } = await sql<object>`
    select 'saga' as what, key::text, state as type, status from platform.saga where status not in ('completed', 'compensated')
    union all
    select 'message', partition_key, consumer_group || ' ' || type, state from platform.parked
    where state in ('retry', 'behind', 'dead')
    limit 5`.execute(db)
  return rows
}
