import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { Moved } from './stock.ts'
import { stockLevel } from './stock-rows.ts'

/** Gives back what these orders reserved. Their holds are locked and over already. Stock is locked in id order. */
export async function freeStock(tx: AnyTx, order_ids: readonly string[]): Promise<Moved[]> {
  const { rows } = await sql<Moved>`
    with freed as (
      select variant_id, sum(reserved)::int as quantity from catalog.hold_items
      where order_id = any(${order_ids}::uuid[]) and reserved > 0 group by variant_id
    ), locked as materialized (
      select s.variant_id, freed.quantity from catalog.stock s join freed using (variant_id)
      order by s.variant_id for no key update of s
    )
    update catalog.stock s set reserved = s.reserved - locked.quantity from locked
    where s.variant_id = locked.variant_id
    returning ${stockLevel}, locked.quantity as change`.execute(tx)
  return rows
}

/** Reserves again what an order had reserved before its hold expired. Fewer rows than items: not enough is there. */
export async function retakeStock(tx: AnyTx, order_id: string): Promise<Readonly<{ moves: Moved[]; whole: boolean }>> {
  const { rows } = await sql<Moved & { wanted: number }>`
    with wanted as (
      select variant_id, reserved as quantity from catalog.hold_items where order_id = ${order_id} and reserved > 0
    ), locked as materialized (
      select s.variant_id, wanted.quantity from catalog.stock s join wanted using (variant_id)
      order by s.variant_id for no key update of s
    )
    update catalog.stock s set reserved = s.reserved + locked.quantity from locked
    where s.variant_id = locked.variant_id and s.on_hand - s.reserved >= locked.quantity
    returning ${stockLevel}, -locked.quantity as change`.execute(tx)
  const { rows: items } = await sql`
    select from catalog.hold_items where order_id = ${order_id} and reserved > 0`.execute(tx)
  return { moves: rows, whole: rows.length === items.length }
}

type Sale = Readonly<{ order_id: string; at: Date }>

/**
 * What was reserved leaves the shelf: the pieces go and the log of movements says for which order. Of orders that share
 * a variant, sold at once, the first gets to know how much of it is left.
 */
export const takeFromShelf = batched<Sale, readonly Moved[]>(async (tx, sales) => {
  const { rows } = await sql<Moved & { first: string }>`
    with sold as (
      select i.order_id, i.variant_id, i.reserved as quantity, sale.at
      from unnest(${sales.map(({ order_id }) => order_id)}::uuid[], ${sales.map(({ at }) => at)}::timestamptz[]) as sale(order_id, at)
      join catalog.hold_items i using (order_id) where i.reserved > 0
    ), leaving as (
      select variant_id, sum(quantity)::int as quantity, (array_agg(order_id))[1] as first from sold group by variant_id
    ), locked as materialized (
      select s.variant_id, leaving.quantity, leaving.first from catalog.stock s join leaving using (variant_id)
      order by s.variant_id for no key update of s
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, moved_at)
      select uuidv7(), variant_id, 'sale', -sold.quantity, 'sold', order_id, at from sold join locked using (variant_id)
    )
    update catalog.stock s set on_hand = s.on_hand - locked.quantity, reserved = s.reserved - locked.quantity
    from locked where s.variant_id = locked.variant_id
    returning ${stockLevel}, 0 as change, locked.first`.execute(tx)
  const byOrder = Map.groupBy(rows, ({ first }) => first)
  return sales.map(({ order_id }) => byOrder.get(order_id) ?? [])
})

/** Counts what was ordered, for the lists sorted by popularity. */
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
