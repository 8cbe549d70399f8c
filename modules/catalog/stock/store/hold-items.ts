import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { StockChange } from '../stock-level.ts'
import { changedStock, isLocked, lockedStock } from './stock-levels.ts'

/** A hold that ends. Its pieces leave the stock by a movement; null: they stay. */
export type EndedHold = Readonly<{
  order_id: string
  movement: Readonly<{ kind: 'sale' | 'in_return'; at: Date }> | null
}>

/** A change of stock, and the first of the orders that caused it. */
export type OrdersChange = StockChange & Readonly<{ order_id: string }>

/**
 * Frees the reserved pieces of ended holds. Those that were sold, or are outside the shop, also leave the stock, with a
 * movement for each. The caller has locked and closed the holds.
 */
export async function endHolds(tx: AnyTx, holds: readonly EndedHold[]): Promise<OrdersChange[]> {
  const order_ids = holds.map(({ order_id }) => order_id)
  const { rows } = await sql<OrdersChange>`
    with item as (
      select item.order_id, item.variant_id, item.reserved, ended.kind, ended.at
      from unnest(${order_ids}::uuid[], ${holds.map(({ movement }) => movement?.kind ?? null)}::text[],
        ${holds.map(({ movement }) => movement?.at ?? null)}::timestamptz[]) as ended(order_id, kind, at)
      join catalog.hold_items item using (order_id) where item.order_id = any(${order_ids}::uuid[]) and item.reserved > 0
    ), needed as (
      select variant_id, sum(reserved)::int as reserved, coalesce(sum(reserved) filter (where kind is not null), 0)::int as leaving,
        (array_agg(order_id))[1] as order_id
      from item group by variant_id
    ), locked as materialized (${lockedStock}
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, moved_at)
      select uuidv7(), variant_id, item.kind, -item.reserved, case item.kind when 'sale' then 'sold' else 'in return' end,
        item.order_id, item.at
      from item join locked using (variant_id) where item.kind is not null
    )
    update catalog.stock set on_hand = stock.on_hand - locked.leaving, reserved = stock.reserved - locked.reserved
    from locked where ${isLocked}
    returning ${changedStock}, locked.reserved - locked.leaving as change, -locked.leaving as moved, locked.order_id`.execute(
    tx,
  )
  return rows
}

/** Locks the stock of these orders. A transaction that changes it in several statements calls this before all of them. */
export async function lockStockOf(tx: AnyTx, order_ids: readonly string[]): Promise<void> {
  await sql`
    with needed as (
      select distinct variant_id from catalog.hold_items where order_id = any(${order_ids}::uuid[]) and reserved > 0
    ), locked as materialized (${lockedStock})
    select from locked`.execute(tx)
}

/** Reserves again what an order reserved before its hold expired. Changes nothing when one of its variants is short. */
export async function reserveStockAgain(tx: AnyTx, order_id: string): Promise<readonly OrdersChange[] | 'short'> {
  const { rows } = await sql<{ is_short: boolean; changes: OrdersChange[] | null }>`
    with needed as (
      select item.order_id, item.variant_id, item.reserved as quantity, stock.on_hand - stock.reserved as free
      from catalog.hold_items item join catalog.stock using (variant_id)
      where item.order_id = ${order_id} and item.reserved > 0
    ), changed as (
      update catalog.stock set reserved = stock.reserved + needed.quantity from needed
      where stock.variant_id = needed.variant_id and not exists (select from needed where free < quantity)
      returning ${changedStock}, -needed.quantity as change, 0 as moved, needed.order_id
    )
    select exists (select from needed where free < quantity) as is_short,
      (select jsonb_agg(changed) from changed) as changes`.execute(tx)
  const [row] = rows
  return row?.is_short ? 'short' : (row?.changes ?? [])
}
