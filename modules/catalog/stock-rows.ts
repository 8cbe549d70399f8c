import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { variantStockChanged } from './events.ts'
import type { Shelf } from './shelf.ts'
import { freeOf, mayTurn, type Moved, turned } from './stock.ts'

/** What a statement that moves rows of `catalog.stock s` returns of each: a StockLevel. */
export const stockLevel = sql`
  s.variant_id, s.on_hand, s.reserved,
  (select product_id from catalog.variants where id = s.variant_id) as product_id,
  (select max(quantity) from catalog.bundle_components where component_id = s.variant_id) as largest_need`

/**
 * Last step of everything that moves stock: sets what the lists show as sold out and makes the cache forget what it
 * shows. Returns the events to tell: of every move when pieces came or went, else of the last free piece only.
 */
export async function stockMoved(
  { tx, shelf }: Readonly<{ tx: AnyTx; shelf: Shelf }>,
  moves: readonly Moved[],
  what: 'pieces' | 'holds',
): Promise<NewEvent[]> {
  if (moves.length === 0) return []
  const turning = moves.filter(mayTurn).map(({ variant_id }) => variant_id)
  if (turning.length > 0) await refreshInStock(tx, turning)
  const components = moves.filter(({ largest_need }) => largest_need !== null).map(({ variant_id }) => variant_id)
  const bundles = components.length > 0 ? await bundlesOf(tx, components) : []
  shelf.moved(tx, [...moves.map(({ product_id }) => product_id), ...bundles])
  return moves.filter((moved) => what === 'pieces' || turned(moved)).map(toEvent)
}

const toEvent = ({ variant_id, product_id, on_hand, reserved }: Moved): NewEvent =>
  variantStockChanged({ variant_id, product_id, on_hand, reserved, stock_quantity: freeOf({ on_hand, reserved }) })

const refreshInStock = batched<readonly string[], void>(async (tx, variant_ids) => {
  await sql`select catalog.refresh_in_stock(${variant_ids.flat()}::uuid[])`.execute(tx)
})

/** The products whose bundles take any of these variants: what they show as left has changed too. */
const bundlesOf = batched<readonly string[], readonly string[]>(async (tx, component_ids) => {
  const { rows } = await sql<{ component_id: string; product_id: string }>`
    select distinct c.component_id, b.product_id
    from catalog.bundle_components c join catalog.variants b on b.id = c.bundle_id
    where c.component_id = any(${component_ids.flat()}::uuid[])`.execute(tx)
  return component_ids.map((wanted) =>
    rows.flatMap(({ component_id, product_id }) => (wanted.includes(component_id) ? [product_id] : [])),
  )
})
