import { sql, type Transaction } from 'kysely'
import { publish } from '#platform/events'
import { orderOwnerChanged } from '../events.ts'
import { accountKeyOf } from '../open-orders.ts'
import type { OrderingTables } from '../store.ts'

/** The accounts `from` and `into` were merged, or are two again. */
type MergeChange = Readonly<{ merge_id: string; from: string; into: string; is_reverted: boolean }>
export type MoveOrders = (tx: Transaction<OrderingTables>, change: MergeChange) => Promise<void>

/**
 * Gives the orders of an account to the survivor of its merge, or gives them back: exactly those that the account placed or
 * claimed. Modules with rows of an order follow `order-owner-changed`, which they handle after the earlier events of the order.
 */
export const moveOrders: MoveOrders = async (tx, { merge_id, from, into, is_reverted }) => {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`ordering:merged ${from}`}, 0))`.execute(tx)
  await sql`
    insert into ordering.merged_accounts as merge (merge_id, user_id, into_id, is_reverted)
    values (${merge_id}, ${from}, ${into}, ${is_reverted})
    on conflict (merge_id) do update set is_reverted = merge.is_reverted or excluded.is_reverted`.execute(tx)
  const moved = await moveToOwners(tx, from)
  if (moved.length === 0) return
  await sql`
    update ordering.open_orders open set buyer_key = ${accountKeyOf('')} || user_id
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as moved(order_id uuid, user_id uuid)
    where open.order_id = moved.order_id and open.buyer_key like ${accountKeyOf('%')}`.execute(tx)
  await publish(
    tx,
    moved.map((order) => orderOwnerChanged(order)),
  )
}

type MovedOrder = Readonly<{ order_id: string; user_id: string }>

/** The orders of `from` and of the accounts that were merged into it, directly or through others. */
async function moveToOwners(tx: Transaction<OrderingTables>, from: string): Promise<readonly MovedOrder[]> {
  const { rows } = await sql<MovedOrder>`
    with recursive accounts(id) as (
      select ${from}::uuid
      union select merge.user_id from ordering.merged_accounts merge join accounts on merge.into_id = accounts.id
      where not merge.is_reverted
    ), owners as materialized (
      select id, ordering.owner_of(id) as owner_id from accounts
    ), placed as (
      select orders.id as order_id, owners.* from owners join ordering.orders on user_id = owners.id and merged_from is null
      union all
      select orders.id as order_id, owners.* from owners join ordering.orders on merged_from = owners.id
    )
    update ordering.orders set user_id = owner_id, merged_from = nullif(placed.id, owner_id)
    from placed where orders.id = order_id and user_id <> owner_id
    returning order_id, user_id`.execute(tx)
  return rows
}
