import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { StockChange } from '../stock-level.ts'
import { changedStock } from './stock-levels.ts'

/** Frees the pieces that these orders reserved. The caller has locked and closed their holds. Locks stock in id order. */
export async function freeHeldStock(tx: AnyTx, order_ids: readonly string[]): Promise<StockChange[]> {
  const { rows } = await sql<StockChange>`
    with freed as (
      select variant_id, sum(reserved)::int as quantity from catalog.hold_items
      where order_id = any(${order_ids}::uuid[]) and reserved > 0 group by variant_id
    ), locked as materialized (
      select s.variant_id, freed.quantity from catalog.stock s join freed using (variant_id)
      order by s.variant_id for no key update of s
    )
    update catalog.stock s set reserved = s.reserved - locked.quantity from locked
    where s.variant_id = locked.variant_id
    returning ${changedStock}, locked.quantity as change`.execute(tx)
  return rows
}

/** Reserves again what an order reserved before its hold expired. Changes nothing when one of its variants is short. */
export async function reserveStockAgain(tx: AnyTx, order_id: string): Promise<readonly StockChange[] | 'short'> {
  const { rows } = await sql<{ is_short: boolean; changes: StockChange[] | null }>`
    with needed as (
      select variant_id, reserved as quantity from catalog.hold_items where order_id = ${order_id} and reserved > 0
    ), locked as materialized (
      select s.variant_id, needed.quantity, s.on_hand - s.reserved as free
      from catalog.stock s join needed using (variant_id)
      order by s.variant_id for no key update of s
    ), changed as (
      update catalog.stock s set reserved = s.reserved + locked.quantity from locked
      where s.variant_id = locked.variant_id and not exists (select from locked where free < quantity)
      returning ${changedStock}, -locked.quantity as change
    )
    select exists (select from locked where free < quantity) as is_short,
      (select jsonb_agg(changed) from changed) as changes`.execute(tx)
  const [row] = rows
  return row?.is_short ? 'short' : (row?.changes ?? [])
}

type Sale = Readonly<{ order_id: string; at: Date }>

/**
 * Removes the reserved pieces of sold orders from the stock and inserts a movement for each. When orders of one batch
 * share a variant, the first of them gets its stock change.
 */
export const removeSoldStock = batched<Sale, readonly StockChange[]>(async (tx, sales) => {
  const { rows } = await sql<StockChange & { first_order: string }>`
    with sold as (
      select i.order_id, i.variant_id, i.reserved as quantity, sale.at
      from unnest(${sales.map(({ order_id }) => order_id)}::uuid[], ${sales.map(({ at }) => at)}::timestamptz[]) as sale(order_id, at)
      join catalog.hold_items i using (order_id) where i.reserved > 0
    ), removed as (
      select variant_id, sum(quantity)::int as quantity, (array_agg(order_id))[1] as first_order
      from sold group by variant_id
    ), locked as materialized (
      select s.variant_id, removed.quantity, removed.first_order from catalog.stock s join removed using (variant_id)
      order by s.variant_id for no key update of s
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, moved_at)
      select uuidv7(), variant_id, 'sale', -sold.quantity, 'sold', order_id, at from sold join locked using (variant_id)
    )
    update catalog.stock s set on_hand = s.on_hand - locked.quantity, reserved = s.reserved - locked.quantity
    from locked where s.variant_id = locked.variant_id
    returning ${changedStock}, 0 as change, locked.first_order`.execute(tx)
  const byOrder = Map.groupBy(rows, ({ first_order }) => first_order)
  return sales.map(({ order_id }) => byOrder.get(order_id) ?? [])
})

/** Adds sold pieces to the popularity of their products, which sorts the popular list. */
export const countSold = batched<string, void>(async (tx, order_ids) => {
  await sql`
    with ordered as (
      select v.product_id, sum(i.ordered) as pieces from catalog.hold_items i join catalog.variants v on v.id = i.variant_id
      where i.order_id = any(${order_ids}::uuid[]) and i.ordered > 0 group by v.product_id
    ), counted as (
      insert into catalog.popularity (product_id, sold) select product_id, pieces from ordered order by product_id
      on conflict (product_id) do update set sold = popularity.sold + excluded.sold
      returning product_id, sold
    ), locked as materialized (
      select l.product_id, counted.sold from catalog.listings l join counted using (product_id)
      order by l.product_id for no key update of l
    )
    update catalog.listings l set sold = locked.sold from locked where l.product_id = locked.product_id`.execute(tx)
})
