import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { newId } from '#platform/values'
import { variantStockChanged } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogTx } from '../../store/tables.ts'
import type { StockPolicy } from '../schema.ts'
import { freeOf, mayTurnAvailability, type StockChange, turnsAvailability } from '../stock-level.ts'

/**
 * The one place that locks the stock of several variants: those of the `with` query `needed`, in id order. A transaction
 * locks its holds first and then stock once, so that no two transactions wait for each other. The variants appear twice:
 * PostgreSQL expects a hundred rows of JSON and would read all stock for the join alone.
 */
export const lockedStock = sql`
  select needed.* from catalog.stock join needed using (variant_id)
  where stock.variant_id = any(array(select variant_id from needed)) order by stock.variant_id for no key update of stock`

/** The condition of an update of `catalog.stock` from the `with` query `locked`. */
export const isLocked = sql`stock.variant_id = locked.variant_id and stock.variant_id = any(array(select variant_id from locked))`

/** The columns that an update of `catalog.stock` returns; `change` and `moved` are added by the statement itself. */
export const changedStock = sql`
  stock.variant_id, stock.on_hand, stock.reserved,
  (select product_id from catalog.variants where id = stock.variant_id) as product_id,
  (select max(quantity) from catalog.bundle_components where component_id = stock.variant_id) as largest_need`

/**
 * The last step of every stock change: updates the lists, which show `in_stock` and sort by popularity, and invalidates the
 * cached responses. Returns the events to publish: one for every change of pieces on hand; of holds only those that take or
 * free the last free piece.
 */
export async function saveAvailability(
  { tx, catalogCache }: Readonly<{ tx: AnyTx; catalogCache: CatalogCache }>,
  changes: readonly StockChange[],
  sold_order_id?: string,
): Promise<NewEvent[]> {
  const turning = changes.filter(mayTurnAvailability).map(({ variant_id }) => variant_id)
  if (turning.length > 0 || sold_order_id !== undefined) await updateListings(tx, { turning, sold_order_id })
  if (changes.length === 0) return []
  const components = changes.filter(({ largest_need }) => largest_need !== null).map(({ variant_id }) => variant_id)
  const bundles = components.length > 0 ? await listBundleProducts(tx, components) : []
  catalogCache.invalidateProducts(tx, [...changes.map(({ product_id }) => product_id), ...bundles])
  return changes.filter((stock) => stock.moved !== 0 || turnsAvailability(stock)).map(toEvent)
}

const toEvent = ({ variant_id, product_id, on_hand, reserved }: StockChange): NewEvent =>
  variantStockChanged({ variant_id, product_id, on_hand, reserved, stock_quantity: freeOf({ on_hand, reserved }) })

type ListingChange = Readonly<{ turning: readonly string[]; sold_order_id: string | undefined }>

const updateListings = batched<ListingChange, void>(async (tx, changes) => {
  const variant_ids = changes.flatMap(({ turning }) => turning)
  const sold_order_ids = changes.flatMap(({ sold_order_id }) => sold_order_id ?? [])
  await sql`select catalog.refresh_in_stock(${variant_ids}::uuid[], ${sold_order_ids}::uuid[])`.execute(tx)
})

/** The products with bundles of these components: their availability has changed too. */
const listBundleProducts = batched<readonly string[], readonly string[]>(async (tx, requests) => {
  const { rows } = await sql<{ component_id: string; product_id: string }>`
    select distinct component.component_id, variant.product_id
    from catalog.bundle_components component join catalog.variants variant on variant.id = component.bundle_id
    where component.component_id = any(${requests.flat()}::uuid[])`.execute(tx)
  return requests.map((component_ids) =>
    rows.flatMap(({ component_id, product_id }) => (component_ids.includes(component_id) ? [product_id] : [])),
  )
})

type OpeningStock = Readonly<{
  variant_id: string
  on_hand: number
  policy: StockPolicy
  user_id: string | null
  now: Date
}>

/** Inserts the stock of a new variant, and the movement that explains it. */
export async function insertStock(
  tx: CatalogTx,
  { variant_id, on_hand, policy, user_id, now }: OpeningStock,
): Promise<void> {
  await tx.insertInto('catalog.stock').values({ variant_id, on_hand, policy }).execute()
  if (on_hand === 0) return
  await tx
    .insertInto('catalog.movements')
    .values({
      id: newId(),
      variant_id,
      kind: 'opening',
      delta: on_hand,
      reason: 'opening stock',
      order_id: null,
      user_id,
      moved_at: now,
    })
    .execute()
}
