import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Clock, Localized } from '#platform/values'
import { type AttributesRefused, decideAttributes } from '../attribute.ts'
import { productDeactivated, productUpdated } from '../events.ts'
import { readWhole, type WholeProduct } from '../read-whole.ts'
import type { Shelf } from '../shelf.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth } from '../text.ts'
import { allowedAttributes } from '../type-attributes.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

type ProductChange = Readonly<{
  name?: string | Localized
  description?: string | Localized
  slug?: string
  category_id?: string | null
  tag_ids?: readonly string[]
  image?: string | null
  attributes?: Readonly<Record<string, unknown>>
  is_active?: boolean
  /** true takes the product out of the shop for good, until false. */
  is_archived?: boolean
}>

export type Changing =
  | Readonly<{ kind: 'changed'; product: WholeProduct }>
  | Readonly<{ kind: 'absent' }>
  | Readonly<{
      kind: 'refused'
      reason: 'slug-taken' | 'unknown-category' | 'unknown-tag' | 'nothing-to-sell' | 'archived'
    }>
  | AttributesRefused

export type ChangeProduct = (id: string, change: ProductChange) => Promise<Changing>

export const changeProduct =
  ({ db, now, shelf }: Needs): ChangeProduct =>
  async (id, change) => {
    const before = await db.selectFrom('catalog.products').select('type_code').where('id', '=', id).executeTakeFirst()
    if (!before) return { kind: 'absent' }
    if (change.attributes) {
      const decided = decideAttributes((await allowedAttributes(db, before.type_code)) ?? [], change.attributes)
      if (decided.kind === 'refused') return decided
    }
    const work = transaction(db, async (tx): Promise<Changing> => {
      const product = await lock(tx, id)
      if (!product) return { kind: 'absent' }
      const is_archived = change.is_archived ?? product.is_archived
      if (is_archived && change.is_active === true) return { kind: 'refused', reason: 'archived' }
      if (change.is_active === true && !product.sells) return { kind: 'refused', reason: 'nothing-to-sell' }
      await keep(tx, { id, now: now() }, change)
      const after = await readWhole(tx, id)
      await publish(tx, [
        productUpdated({ product_id: id }),
        ...(product.is_active && !after.is_active ? [productDeactivated({ product_id: id })] : []),
      ])
      shelf.changed(tx)
      return { kind: 'changed', product: after }
    })
    return await orRefused(work, {
      product_slug: 'slug-taken',
      products_category_id_fkey: 'unknown-category',
      product_tags_tag_id_fkey: 'unknown-tag',
    })
  }

/** The product as it stands, nobody else writing it. */
async function lock(tx: Transaction<CatalogTables>, id: string) {
  const product = await tx
    .selectFrom('catalog.products')
    .select(['is_active', 'archived_at'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst()
  if (!product) return undefined
  const active = await tx
    .selectFrom('catalog.variants')
    .select('id')
    .where('product_id', '=', id)
    .where('is_active', '=', true)
    .limit(1)
    .executeTakeFirst()
  return { is_active: product.is_active, is_archived: product.archived_at !== null, sells: active !== undefined }
}

async function keep(
  tx: Transaction<CatalogTables>,
  { id, now }: Readonly<{ id: string; now: Date }>,
  change: ProductChange,
): Promise<void> {
  const { name, description, slug, category_id, image, attributes, is_active, is_archived, tag_ids } = change
  if (tag_ids) {
    await tx.deleteFrom('catalog.product_tags').where('product_id', '=', id).execute()
    const rows = [...new Set(tag_ids)].map((tag_id) => ({ product_id: id, tag_id }))
    if (rows.length > 0) await tx.insertInto('catalog.product_tags').values(rows).execute()
  }
  await tx
    .updateTable('catalog.products')
    .set({
      ...(name !== undefined && { name: JSON.stringify(inBoth(name)) }),
      ...(description !== undefined && { description: JSON.stringify(inBoth(description)) }),
      ...(slug !== undefined && { slug }),
      ...(category_id !== undefined && { category_id }),
      ...(image !== undefined && { image }),
      ...(attributes !== undefined && { attributes: JSON.stringify(attributes) }),
      ...(is_active !== undefined && { is_active }),
      ...(is_archived === true && { is_active: false, archived_at: now }),
      ...(is_archived === false && { archived_at: null }),
      updated_at: now,
    })
    .where('id', '=', id)
    .execute()
}
