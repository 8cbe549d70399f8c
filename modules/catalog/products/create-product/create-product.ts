import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused, StoreResponse } from '#platform/outcome'
import { newId, type Clock, type Localized } from '#platform/values'
import { productCreated } from '../../events.ts'
import { skuStem, slugOf } from '../../slug.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import { lockKey } from '../../store/lock-key.ts'
import type { CatalogDb, CatalogTx } from '../../store/tables.ts'
import { type AttributesRefused, decideAttributes } from '../../taxonomy/attribute.ts'
import { findAllowedAttributes } from '../../taxonomy/store/types.ts'
import { inBoth, isSameText, noText } from '../../text.ts'
import type { AdminProduct, CreateProductBody } from '../schema.ts'
import { readAdminProduct, findAdminProducts } from '../store/admin-products.ts'
import { givenColumns } from '../store/columns.ts'
import { insertProductTags } from '../store/product-tags.ts'
import { insertVariant, listCandidates } from '../store/variants.ts'
import {
  decideNewVariants,
  type NewVariant,
  type VariantConflict,
  variantConflicts,
  type VariantRefused,
} from '../variant.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

export type CreatedProduct = Readonly<{ kind: 'created'; product: AdminProduct }>

export type CreateProductOutcome =
  | CreatedProduct
  | Refused<'unknown-type' | 'unknown-category' | 'unknown-tag' | 'slug-taken' | 'nothing-to-sell' | VariantConflict>
  | AttributesRefused
  | VariantRefused

export type CreateProduct = (
  input: CreateProductBody,
  user_id: string | null,
  storeResponse: StoreResponse<CreatedProduct>,
) => Promise<CreateProductOutcome>

const conflicts = {
  ...variantConflicts,
  product_slug: 'slug-taken',
  products_category_id_fkey: 'unknown-category',
  products_type_code_fkey: 'unknown-type',
  product_tags_tag_id_fkey: 'unknown-tag',
} as const

/** Idempotent by id: a repeated request returns the product that the first one created. */
export const createProduct =
  ({ db, now, catalogCache }: Needs): CreateProduct =>
  async (input, user_id, storeResponse) => {
    const allowed = await findAllowedAttributes(db, input.type)
    if (!allowed) return { kind: 'refused', reason: 'unknown-type' }
    const attributes = decideAttributes(allowed, input.attributes ?? {})
    if (attributes.kind === 'refused') return attributes
    if (input.is_active === true && !hasVariantToSell(input)) return { kind: 'refused', reason: 'nothing-to-sell' }

    const id = input.id ?? newId()
    return await transaction(
      db,
      async (tx): Promise<CreateProductOutcome> => {
        const repeated = input.id && (await repeatedOutcome(tx, { ...input, id }))
        if (repeated) return repeated
        const slug = input.slug ?? (await findFreeSlug(tx, inBoth(input.name), id))
        const components = input.variants.flatMap((variant) => variant.components ?? [])
        const decided = decideNewVariants(input.variants, await listCandidates(tx, components))
        if (decided.kind === 'refused') return decided
        const facts = { id, slug, user_id, now: now() }
        await insertProduct(tx, input, facts)
        await insertVariants(tx, decided.variants, facts)
        const product = await readAdminProduct(tx, id)
        await publish(tx, [productCreated({ product_id: id, type: input.type, name: product.name.ru })])
        catalogCache.invalidateAll(tx)
        const created = { kind: 'created', product } as const
        await storeResponse(tx, created)
        return created
      },
      { conflicts },
    )
  }

const hasVariantToSell = ({ variants }: CreateProductBody): boolean =>
  variants.some(({ is_active = true }) => is_active)

/** Locks the slug of the name, so that another product of this name gets another one. */
async function findFreeSlug(tx: CatalogTx, name: Localized, id: string): Promise<string> {
  const slug = slugOf(name.ru) || slugOf(name.en) || 'product'
  await lockKey(tx, `slug of a product: ${slug}`)
  const taken = await tx.selectFrom('catalog.products').select('id').where('slug', '=', slug).executeTakeFirst()
  return taken ? `${slug}-${id.slice(-8)}` : slug
}

type Facts = Readonly<{ id: string; slug: string; user_id: string | null; now: Date }>

async function insertProduct(tx: CatalogTx, input: CreateProductBody, { id, slug, now }: Facts): Promise<void> {
  await tx
    .insertInto('catalog.products')
    .values({
      ...givenColumns(input),
      id,
      slug,
      type_code: input.type,
      name: JSON.stringify(inBoth(input.name)),
      description: JSON.stringify(inBoth(input.description ?? noText)),
      attributes: JSON.stringify(input.attributes ?? {}),
      is_active: (input.is_active ?? true) && hasVariantToSell(input),
      created_at: now,
      updated_at: now,
    })
    .execute()
  await insertProductTags(tx, id, input.tag_ids ?? [])
}

async function insertVariants(
  tx: CatalogTx,
  variants: readonly NewVariant[],
  { id: product_id, slug, user_id, now }: Facts,
): Promise<void> {
  const stem = skuStem(slug, product_id)
  for (const [position, variant] of variants.entries()) {
    const sku = variants.length === 1 ? stem : `${stem}-${position + 1}`
    await insertVariant(tx, variant, { product_id, sku, position, user_id, now })
  }
}

/** The existing product when it fits the input; another product with the id refuses. Undefined when none has it. */
async function repeatedOutcome(
  tx: CatalogTx,
  input: CreateProductBody & { id: string },
): Promise<CreateProductOutcome | undefined> {
  await lockKey(tx, input.id)
  const [product] = await findAdminProducts(tx, [input.id])
  if (!product) return undefined
  const isSame =
    product.type === input.type &&
    isSameText(product.name, inBoth(input.name)) &&
    product.variants.length === input.variants.length &&
    (input.slug === undefined || product.slug === input.slug) &&
    input.variants.every(({ sku }) => sku === undefined || product.variants.some((variant) => variant.sku === sku))
  return isSame ? { kind: 'created', product } : { kind: 'refused', reason: 'id-taken' }
}
