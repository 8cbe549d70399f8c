import { sql } from 'kysely'
import { newId } from '#platform/values'
import { insertStock } from '../../stock/store/stock-levels.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { inBoth } from '../../text.ts'
import type { Candidate, ComponentInput } from '../bundle.ts'
import type { VariantUses } from '../deletion.ts'
import { weightOf, type NewVariant } from '../variant.ts'

type Facts = Readonly<{
  product_id: string
  /** Used when the input has none. */
  sku: string
  position: number
  user_id: string | null
  now: Date
}>

/** Inserts a variant with its components or its stock, and returns its id. */
export async function insertVariant(
  tx: CatalogTx,
  { input, variant }: NewVariant,
  { product_id, sku, position, user_id, now }: Facts,
): Promise<string> {
  const id = input.id ?? newId()
  await tx
    .insertInto('catalog.variants')
    .values({
      ...variant,
      ...weightOf(variant.kind, input.weight_grams),
      id,
      product_id,
      sku: input.sku ?? sku,
      title: JSON.stringify(inBoth(input.title ?? '')),
      compare_at_price: input.compare_at_price ?? null,
      is_active: input.is_active ?? true,
      position: input.position ?? position,
    })
    .execute()
  if (input.components) await saveComponents(tx, id, input.components)
  else {
    const { stock_quantity: on_hand = 0, stock_policy: policy = 'track' } = input
    await insertStock(tx, { variant_id: id, on_hand, policy, user_id, now })
  }
  return id
}

/** The variants that `inputs` name as components or substitutes. */
export async function listCandidates(
  db: CatalogDb,
  inputs: readonly ComponentInput[] = [],
): Promise<readonly Candidate[]> {
  const ids = inputs.flatMap(({ variant_id, substitute_ids = [] }) => [variant_id, ...substitute_ids])
  if (ids.length === 0) return []
  return await db
    .selectFrom('catalog.variants')
    .select(['id', 'kind', 'price', 'currency'])
    .where(sql<boolean>`id = any(${ids}::uuid[])`)
    .execute()
}

/** Replaces the components of a bundle. */
export async function saveComponents(
  tx: CatalogTx,
  bundle_id: string,
  inputs: readonly ComponentInput[],
): Promise<void> {
  await tx.deleteFrom('catalog.bundle_components').where('bundle_id', '=', bundle_id).execute()
  const rows = inputs.map(({ variant_id, quantity, substitute_ids = [] }, position) => ({
    component_id: variant_id,
    quantity,
    position,
    substitute_ids,
  }))
  await sql`
    insert into catalog.bundle_components (bundle_id, component_id, quantity, position, substitute_ids)
    select ${bundle_id}::uuid, * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as component(
      component_id uuid, quantity int, position int, substitute_ids uuid[])`.execute(tx)
}

/** Computes the price and the weight of a bundle, if staff set neither. */
export async function sumUp(tx: CatalogTx, bundle_id: string): Promise<void> {
  await sql`select catalog.sum_up(array[${bundle_id}::uuid])`.execute(tx)
}

/** Locks the product before its variant, in the order in which a change of the product locks them. */
export async function lockVariant(tx: CatalogTx, id: string) {
  const product = await tx
    .selectFrom('catalog.products')
    .select(['id', 'is_active'])
    .where('id', '=', (of) => of.selectFrom('catalog.variants').select('product_id').where('id', '=', id))
    .forUpdate()
    .executeTakeFirst()
  if (!product) return undefined
  const variant = await tx.selectFrom('catalog.variants').selectAll().where('id', '=', id).executeTakeFirst()
  return variant && { ...variant, is_product_active: product.is_active }
}

/** Finds the uses that forbid to delete these variants. Locks their stock first, so that it waits for orders under way. */
export async function lockVariantUses(tx: CatalogTx, variant_ids: readonly string[]): Promise<VariantUses> {
  await sql`select from catalog.stock where variant_id = any(${variant_ids}::uuid[]) order by variant_id for update`.execute(
    tx,
  )
  const { rows } = await sql<VariantUses>`
    select exists (select from catalog.hold_items where variant_id = any(${variant_ids}::uuid[])) as is_ordered,
      exists (select from catalog.bundle_components component join catalog.variants bundle on bundle.id = component.bundle_id
        where component.component_id = any(${variant_ids}::uuid[]) and bundle.id <> all(${variant_ids}::uuid[])) as is_in_bundle`.execute(
    tx,
  )
  if (!rows[0]) throw new Error(`The uses of variants ${variant_ids.join(', ')} were not found`)
  return rows[0]
}
