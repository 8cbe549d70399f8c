import { sql } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
import type { NewEvent } from '#platform/events'
import { newId } from '#platform/values'
import { variantStockChanged } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogTx } from '../../store/tables.ts'
import type { StockPolicy } from '../schema.ts'
import { freeOf, mayTurnAvailability, type StockChange, turnsAvailability } from '../stock-level.ts'

/** The columns that an update of `catalog.stock s` returns; `change` is added by the statement itself. */
export const changedStock = sql`
  s.variant_id, s.on_hand, s.reserved,
  (select product_id from catalog.variants where id = s.variant_id) as product_id,
  (select max(quantity) from catalog.bundle_components where component_id = s.variant_id) as largest_need`

/**
 * The last step of every stock change: updates `in_stock` of the lists and invalidates the cached responses. Returns the
 * events to publish: one for every change of pieces on hand; of holds only those that take or free the last free piece.
 */
export async function saveAvailability(
  { tx, catalogCache }: Readonly<{ tx: AnyTx; catalogCache: CatalogCache }>,
  changes: readonly StockChange[],
  cause: 'pieces' | 'holds',
): Promise<NewEvent[]> {
  if (changes.length === 0) return []
  const turning = changes.filter(mayTurnAvailability).map(({ variant_id }) => variant_id)
  if (turning.length > 0) await updateInStock(tx, turning)
  const components = changes.filter(({ largest_need }) => largest_need !== null).map(({ variant_id }) => variant_id)
  const bundles = components.length > 0 ? await listBundleProducts(tx, components) : []
  catalogCache.invalidateProducts(tx, [...changes.map(({ product_id }) => product_id), ...bundles])
  return changes.filter((stock) => cause === 'pieces' || turnsAvailability(stock)).map(toEvent)
}

const toEvent = ({ variant_id, product_id, on_hand, reserved }: StockChange): NewEvent =>
  variantStockChanged({ variant_id, product_id, on_hand, reserved, stock_quantity: freeOf({ on_hand, reserved }) })

const updateInStock = batched<readonly string[], void>(async (tx, variant_ids) => {
  await sql`select catalog.refresh_in_stock(${variant_ids.flat()}::uuid[])`.execute(tx)
})

/** The products with bundles of these components: their availability has changed too. */
const listBundleProducts = batched<readonly string[], readonly string[]>(async (tx, requests) => {
  const { rows } = await sql<{ component_id: string; product_id: string }>`
    select distinct c.component_id, b.product_id
    from catalog.bundle_components c join catalog.variants b on b.id = c.bundle_id
    where c.component_id = any(${requests.flat()}::uuid[])`.execute(tx)
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
