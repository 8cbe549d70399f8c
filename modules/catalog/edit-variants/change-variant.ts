import { sql, type Kysely, type Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Localized } from '#platform/values'
import { type ComponentInput, compose, type Composed } from '../bundle.ts'
import { productDeactivated, productUpdated } from '../events.ts'
import { readWholeVariant, type WholeVariant } from '../read-whole.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth } from '../text.ts'
import { type VariantClash, variantClashes } from '../variant-answers.ts'
import { candidates, keepComponents, type VariantRefused } from '../variant-rows.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; shelf: Shelf }>

type VariantChange = Readonly<{
  sku?: string
  title?: string | Localized
  /** Null gives a bundle the price of what is in it. */
  price?: number | null
  compare_at_price?: number | null
  weight_grams?: number
  is_active?: boolean
  position?: number
  stock_policy?: 'track' | 'untracked'
  components?: readonly ComponentInput[]
}>

export type ChangingVariant =
  | Readonly<{ kind: 'changed'; variant: WholeVariant }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{ kind: 'refused'; reason: VariantClash | 'not-a-bundle' | 'bundle-has-no-stock' }>
  | VariantRefused

export type ChangeVariant = (id: string, change: VariantChange) => Promise<ChangingVariant>

export const changeVariant =
  ({ db, shelf }: Needs): ChangeVariant =>
  async (id, change) => {
    const work = transaction(db, async (tx): Promise<ChangingVariant> => {
      const variant = await lockVariant(tx, id)
      if (!variant) return { kind: 'absent' }
      const decided = await decide(tx, variant, change)
      if (decided.kind === 'refused') return decided
      if (change.components) await keepComponents(tx, id, change.components)
      await keep(tx, id, { ...change, ...decided })
      const { is_active } = await tx
        .selectFrom('catalog.products')
        .select('is_active')
        .where('id', '=', variant.product_id)
        .executeTakeFirstOrThrow()
      const outcome = { kind: 'changed', variant: await readWholeVariant(tx, id) } as const
      await publish(tx, [
        productUpdated({ product_id: variant.product_id }),
        ...(variant.product_active && !is_active ? [productDeactivated({ product_id: variant.product_id })] : []),
      ])
      shelf.changed(tx)
      return outcome
    })
    return await orRefused(work, variantClashes)
  }

/** The product is locked before its variant, as whoever changes the product does. */
export async function lockVariant(tx: Transaction<CatalogTables>, id: string) {
  const product = await tx
    .selectFrom('catalog.products')
    .select(['id', 'is_active'])
    .where('id', '=', (of) => of.selectFrom('catalog.variants').select('product_id').where('id', '=', id))
    .forUpdate()
    .executeTakeFirst()
  if (!product) return undefined
  const variant = await tx.selectFrom('catalog.variants').selectAll().where('id', '=', id).executeTakeFirst()
  return variant && { ...variant, product_active: product.is_active }
}

type Locked = NonNullable<Awaited<ReturnType<typeof lockVariant>>>
type Priced = Readonly<{ kind: 'priced'; price: number; pricing: 'own' | 'computed' }>

async function decide(
  tx: Transaction<CatalogTables>,
  variant: Locked,
  change: VariantChange,
): Promise<Priced | Extract<ChangingVariant, { kind: 'refused' }>> {
  const isBundle = variant.kind === 'bundle'
  if (change.components && !isBundle) return { kind: 'refused', reason: 'not-a-bundle' }
  if (change.stock_policy && isBundle) return { kind: 'refused', reason: 'bundle-has-no-stock' }
  const inputs = change.components ?? (isBundle ? await componentsOf(tx, variant.id) : [])
  const composed: Composed | VariantRefused = isBundle
    ? compose(inputs, await candidates(tx, inputs), variant.currency)
    : { kind: 'composed', sum: 0 }
  if (composed.kind === 'refused') return composed
  const pricing = change.price === undefined ? variant.pricing : change.price === null ? 'computed' : 'own'
  if (pricing === 'computed' && !isBundle) return { kind: 'refused', reason: 'price-missing' }
  const price = pricing === 'computed' ? composed.sum : (change.price ?? variant.price)
  const compare = change.compare_at_price === undefined ? variant.compare_at_price : change.compare_at_price
  if (compare !== null && compare <= price) return { kind: 'refused', reason: 'bad-compare-at-price' }
  return { kind: 'priced', price, pricing }
}

async function componentsOf(tx: Transaction<CatalogTables>, bundle_id: string): Promise<ComponentInput[]> {
  const rows = await tx
    .selectFrom('catalog.bundle_components')
    .select(['component_id', 'quantity'])
    .where('bundle_id', '=', bundle_id)
    .execute()
  return rows.map(({ component_id, quantity }) => ({ variant_id: component_id, quantity }))
}

async function keep(
  tx: Transaction<CatalogTables>,
  id: string,
  change: Omit<VariantChange, 'price'> & Omit<Priced, 'kind'>,
) {
  const { sku, title, price, pricing, compare_at_price, weight_grams, is_active, position, stock_policy } = change
  await tx
    .updateTable('catalog.variants')
    .set({
      price,
      pricing,
      ...(sku !== undefined && { sku }),
      ...(title !== undefined && { title: JSON.stringify(inBoth(title)) }),
      ...(compare_at_price !== undefined && { compare_at_price }),
      ...(weight_grams !== undefined && { weight_grams }),
      ...(is_active !== undefined && { is_active }),
      ...(position !== undefined && { position }),
    })
    .where('id', '=', id)
    .execute()
  if (stock_policy === undefined) return
  await tx.updateTable('catalog.stock').set({ policy: stock_policy }).where('variant_id', '=', id).execute()
  await sql`select catalog.refresh_in_stock(array[${id}::uuid])`.execute(tx)
}
