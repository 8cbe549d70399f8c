import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
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

/** What was reserved leaves the shelf: the pieces go and the log of movements says for which order. */
export async function takeFromShelf(tx: AnyTx, order_id: string, now: Date): Promise<Moved[]> {
  const { rows } = await sql<Moved>`
    with sold as (
      select variant_id, reserved as quantity from catalog.hold_items where order_id = ${order_id} and reserved > 0
    ), locked as materialized (
      select s.variant_id, sold.quantity from catalog.stock s join sold using (variant_id)
      order by s.variant_id for no key update of s
    ), logged as (
      insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, moved_at)
      select uuidv7(), variant_id, 'sale', -quantity, 'sold', ${order_id}, ${now} from locked
    )
    update catalog.stock s set on_hand = s.on_hand - locked.quantity, reserved = s.reserved - locked.quantity
    from locked where s.variant_id = locked.variant_id
    returning ${stockLevel}, 0 as change`.execute(tx)
  return rows
}

/** Counts what was ordered, for the lists sorted by popularity. */
export async function countSold(tx: AnyTx, order_id: string): Promise<void> {
  await sql`
    with ordered as (
      select v.product_id, sum(i.ordered) as pieces from catalog.hold_items i join catalog.variants v on v.id = i.variant_id
      where i.order_id = ${order_id} and i.ordered > 0 group by v.product_id order by v.product_id
    ), counted as (
      insert into catalog.popularity (product_id, sold) select product_id, pieces from ordered order by product_id
      on conflict (product_id) do update set sold = popularity.sold + excluded.sold
      returning product_id, sold
    ), locked as materialized (
      select l.product_id, counted.sold from catalog.listings l join counted using (product_id)
      order by l.product_id for no key update of l
    )
    update catalog.listings l set sold = locked.sold from locked where l.product_id = locked.product_id`.execute(tx)
}
