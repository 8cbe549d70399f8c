import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Locale, Localized } from '#platform/values'
import { productDeactivated, productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { changedText } from '../../text.ts'
import { type ComponentInput, decideBundle } from '../bundle.ts'
import type { ChangeVariantBody } from '../variant-schema.ts'
import type { AdminVariant } from '../variant-schema.ts'
import { readAdminVariant } from '../store/admin-products.ts'
import { listCandidates, lockVariant, saveComponents, sumUp } from '../store/variants.ts'
import {
  decideChangedPrice,
  visibilityOf,
  weightOf,
  type DecidedPrice,
  type VariantConflict,
  variantConflicts,
  type VariantRefused,
} from '../variant.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ChangeVariantOutcome =
  | Readonly<{ kind: 'changed'; variant: AdminVariant }>
  | NotFound
  | Refused<VariantConflict | 'not-a-bundle' | 'bundle-has-no-stock'>
  | VariantRefused

/** `locale` is the language of a text that is given in one. */
export type ChangeVariant = (id: string, change: ChangeVariantBody, locale: Locale) => Promise<ChangeVariantOutcome>

export const changeVariant =
  ({ db, catalogCache }: Needs): ChangeVariant =>
  (id, change, locale) =>
    transaction(
      db,
      async (tx): Promise<ChangeVariantOutcome> => {
        const before = await lockVariant(tx, id)
        if (!before) return notFound('variant')
        const decided = await decideChange(tx, before, change)
        if (decided.kind === 'refused') return decided
        if (change.components) await saveComponents(tx, id, change.components)
        await updateVariant(tx, before, {
          ...change,
          ...decided,
          title: changedText(before.title, change.title, locale),
        })
        const { product_id } = before
        const { is_active } = await tx
          .selectFrom('catalog.products')
          .select('is_active')
          .where('id', '=', product_id)
          .executeTakeFirstOrThrow()
        const outcome = { kind: 'changed', variant: await readAdminVariant(tx, id) } as const
        await publish(tx, [
          productUpdated({ product_id }),
          ...(before.is_product_active && !is_active ? [productDeactivated({ product_id })] : []),
        ])
        catalogCache.invalidateAll(tx)
        return outcome
      },
      { conflicts: variantConflicts },
    )

type Locked = NonNullable<Awaited<ReturnType<typeof lockVariant>>>

async function decideChange(
  tx: CatalogTx,
  variant: Locked,
  change: ChangeVariantBody,
): Promise<DecidedPrice | Extract<ChangeVariantOutcome, { kind: 'refused' }>> {
  const isBundle = variant.kind === 'bundle'
  if (change.components && !isBundle) return { kind: 'refused', reason: 'not-a-bundle' }
  if (change.stock_policy && isBundle) return { kind: 'refused', reason: 'bundle-has-no-stock' }
  if (!isBundle) return decideChangedPrice(variant, change, 0)
  const inputs = change.components ?? (await listComponents(tx, variant.id))
  const bundle = decideBundle(inputs, await listCandidates(tx, inputs), variant.currency)
  return bundle.kind === 'refused' ? bundle : decideChangedPrice(variant, change, bundle.sum)
}

async function listComponents(tx: CatalogTx, bundle_id: string): Promise<ComponentInput[]> {
  const rows = await tx
    .selectFrom('catalog.bundle_components')
    .select(['component_id', 'quantity'])
    .where('bundle_id', '=', bundle_id)
    .execute()
  return rows.map(({ component_id, quantity }) => ({ variant_id: component_id, quantity }))
}

async function updateVariant(
  tx: CatalogTx,
  { id, kind, is_product_active }: Locked,
  change: Omit<ChangeVariantBody, 'price' | 'title'> & Omit<DecidedPrice, 'kind'> & Readonly<{ title: Localized }>,
): Promise<void> {
  const { sku, title, price, pricing, compare_at_price, weight_grams, is_active, position, stock_policy } = change
  // Stock before listings, which the triggers of a variant lock: the same order as in a hold.
  if (stock_policy !== undefined)
    await tx.updateTable('catalog.stock').set({ policy: stock_policy }).where('variant_id', '=', id).execute()
  await tx
    .updateTable('catalog.variants')
    .set({
      price,
      pricing,
      ...(sku !== undefined && { sku }),
      title: JSON.stringify(title),
      ...(compare_at_price !== undefined && { compare_at_price }),
      ...(weight_grams !== undefined && weightOf(kind, weight_grams)),
      ...(is_active !== undefined && visibilityOf(is_active, is_product_active)),
      ...(position !== undefined && { position }),
    })
    .where('id', '=', id)
    .execute()
  if (weight_grams === null) await sumUp(tx, id)
  if (stock_policy !== undefined) await sql`select catalog.refresh_in_stock(array[${id}::uuid])`.execute(tx)
}
