import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock, Locale, Localized } from '#platform/values'
import { productDeactivated, productUpdated } from '../../events.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { type AttributesRefused, decideAttributes } from '../../taxonomy/attribute.ts'
import { findAllowedAttributes } from '../../taxonomy/store/types.ts'
import { changedText } from '../../text.ts'
import type { ChangeProductBody } from '../schema.ts'
import type { AdminProduct } from '../schema.ts'
import { readAdminProduct } from '../store/admin-products.ts'
import { givenColumns } from '../store/columns.ts'
import { insertProductTags } from '../store/product-tags.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type ChangeProductOutcome =
  | Readonly<{ kind: 'changed'; product: AdminProduct }>
  | NotFound
  | Refused<'slug-taken' | 'unknown-category' | 'unknown-tag' | 'nothing-to-sell' | 'archived'>
  | AttributesRefused

/** `locale` is the language of a text that is given in one. */
export type ChangeProduct = (id: string, change: ChangeProductBody, locale: Locale) => Promise<ChangeProductOutcome>

const conflicts = {
  product_slug: 'slug-taken',
  products_category_id_fkey: 'unknown-category',
  product_tags_tag_id_fkey: 'unknown-tag',
} as const

export const changeProduct =
  ({ db, now, catalogCache }: Needs): ChangeProduct =>
  async (id, change, locale) => {
    const before = await db.selectFrom('catalog.products').select('type_code').where('id', '=', id).executeTakeFirst()
    if (!before) return notFound('product')
    if (change.attributes) {
      const decided = decideAttributes((await findAllowedAttributes(db, before.type_code)) ?? [], change.attributes)
      if (decided.kind === 'refused') return decided
    }
    return await transaction(
      db,
      async (tx): Promise<ChangeProductOutcome> => {
        const product = await lockProduct(tx, id)
        if (!product) return notFound('product')
        const is_archived = change.is_archived ?? product.is_archived
        if (is_archived && change.is_active === true) return { kind: 'refused', reason: 'archived' }
        if (change.is_active === true && !product.hasVariantToSell)
          return { kind: 'refused', reason: 'nothing-to-sell' }
        const texts = {
          name: changedText(product.name, change.name, locale),
          description: changedText(product.description, change.description, locale),
        }
        await updateProduct(tx, { id, now: now(), ...texts }, change)
        const after = await readAdminProduct(tx, id)
        await publish(tx, [
          productUpdated({ product_id: id }),
          ...(product.is_active && !after.is_active ? [productDeactivated({ product_id: id })] : []),
        ])
        catalogCache.invalidateAll(tx)
        return { kind: 'changed', product: after }
      },
      { conflicts },
    )
  }

async function lockProduct(tx: CatalogTx, id: string) {
  const product = await tx
    .selectFrom('catalog.products')
    .select(['is_active', 'archived_at', 'name', 'description'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!product) return undefined
  const variant = await tx
    .selectFrom('catalog.variants')
    .select('id')
    .where('product_id', '=', id)
    .where((the) => the.or([the('is_active', '=', true), the('hidden_with_product', '=', true)]))
    .limit(1)
    .executeTakeFirst()
  const { archived_at, ...rest } = product
  return { ...rest, is_archived: archived_at !== null, hasVariantToSell: variant !== undefined }
}

async function updateProduct(
  tx: CatalogTx,
  { id, now, name, description }: Readonly<{ id: string; now: Date; name: Localized; description: Localized }>,
  change: ChangeProductBody,
): Promise<void> {
  const { attributes, is_active, is_archived, tag_ids } = change
  if (tag_ids) {
    await tx.deleteFrom('catalog.product_tags').where('product_id', '=', id).execute()
    await insertProductTags(tx, id, tag_ids)
  }
  await tx
    .updateTable('catalog.products')
    .set({
      ...givenColumns(change),
      name: JSON.stringify(name),
      description: JSON.stringify(description),
      ...(attributes !== undefined && { attributes: JSON.stringify(attributes) }),
      ...(is_active !== undefined && { is_active }),
      ...(is_archived === true && { is_active: false, archived_at: now }),
      ...(is_archived === false && { archived_at: null }),
      updated_at: now,
    })
    .where('id', '=', id)
    .execute()
}
