import type { Kysely, Transaction } from 'kysely'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { StoreResponse } from '#platform/outcome'
import { newId, type Clock, type Localized } from '#platform/values'
import { type AttributesRefused, decideAttributes } from '../attribute.ts'
import { productCreated } from '../events.ts'
import { readWhole, readWholes, type WholeProduct } from '../read-whole.ts'
import type { Shelf } from '../shelf.ts'
import { skuStem, slugOf } from '../slug.ts'
import type { CatalogTables } from '../tables.ts'
import { orRefused } from '../taken.ts'
import { inBoth, noText } from '../text.ts'
import { allowedAttributes } from '../type-attributes.ts'
import { type VariantClash, variantClashes } from '../variant-answers.ts'
import { keepVariant, type VariantGiven, type VariantRefused } from '../variant-rows.ts'

type Needs = Readonly<{ db: Kysely<CatalogTables>; now: Clock; shelf: Shelf }>

export type ProductInput = Readonly<{
  id?: string
  type: string
  name: string | Localized
  description?: string | Localized
  slug?: string
  category_id?: string | null
  tag_ids?: readonly string[]
  image?: string | null
  attributes?: Readonly<Record<string, unknown>>
  is_active?: boolean
  variants: readonly VariantGiven[]
}>

type Reason = 'unknown-type' | 'unknown-category' | 'unknown-tag' | 'slug-taken' | VariantClash

export type Creating =
  | Readonly<{ kind: 'created'; product: WholeProduct }>
  | Readonly<{ kind: 'refused'; reason: Reason }>
  | AttributesRefused
  | VariantRefused

export type CreateProduct = (
  input: ProductInput,
  user_id: string | null,
  storeResponse: StoreResponse<Creating>,
) => Promise<Creating>

export const createProduct =
  ({ db, now, shelf }: Needs): CreateProduct =>
  async (input, user_id, storeResponse) => {
    const attributes = await allowedAttributes(db, input.type)
    if (!attributes) return { kind: 'refused', reason: 'unknown-type' }
    const decided = decideAttributes(attributes, input.attributes ?? {})
    if (decided.kind === 'refused') return decided

    const id = input.id ?? newId()
    const slug = input.slug ?? (await freeSlug(db, input.name, id))
    const work = transaction(db, async (tx): Promise<Creating> => {
      if (!(await keepProduct(tx, input, { id, slug, now: now() }))) return await createdBefore(tx, input, id)
      const refused = await keepVariants(tx, input.variants, { id, slug, user_id, now: now() })
      if (refused) throw new Undone(refused)
      const product = await readWhole(tx, id)
      await publish(tx, [productCreated({ product_id: id, type: input.type, name: product.name.ru })])
      shelf.changed(tx)
      const outcome = { kind: 'created', product } as const
      await storeResponse(tx, outcome)
      return outcome
    }).catch((error: unknown) => {
      if (error instanceof Undone) return error.refused
      throw error
    })
    return await orRefused(work, {
      ...variantClashes,
      product_slug: 'slug-taken',
      products_category_id_fkey: 'unknown-category',
      product_tags_tag_id_fkey: 'unknown-tag',
    })
  }

/** A variant was refused when its product was already written. */
class Undone extends Error {
  readonly refused: VariantRefused
  constructor(refused: VariantRefused) {
    super(refused.reason)
    this.refused = refused
  }
}

async function freeSlug(db: Kysely<CatalogTables>, name: string | Localized, id: string): Promise<string> {
  const slug = slugOf(inBoth(name).ru) || slugOf(inBoth(name).en) || 'product'
  const taken = await db.selectFrom('catalog.products').select('id').where('slug', '=', slug).executeTakeFirst()
  return taken ? `${slug}-${id.slice(-8)}` : slug
}

type Place = Readonly<{ id: string; slug: string; now: Date }>

/** False when there is a product of this id already. */
async function keepProduct(
  tx: Transaction<CatalogTables>,
  input: ProductInput,
  { id, slug, now }: Place,
): Promise<boolean> {
  const inserted = await tx
    .insertInto('catalog.products')
    .values({
      id,
      type_code: input.type,
      category_id: input.category_id ?? null,
      slug,
      name: JSON.stringify(inBoth(input.name)),
      description: JSON.stringify(inBoth(input.description ?? noText)),
      image: input.image ?? null,
      attributes: JSON.stringify(input.attributes ?? {}),
      is_active: input.is_active ?? true,
      archived_at: null,
      created_at: now,
      updated_at: now,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!inserted) return false
  const tag_ids = [...new Set(input.tag_ids)]
  if (tag_ids.length > 0) {
    await tx
      .insertInto('catalog.product_tags')
      .values(tag_ids.map((tag_id) => ({ product_id: id, tag_id })))
      .execute()
  }
  return true
}

async function keepVariants(
  tx: Transaction<CatalogTables>,
  variants: readonly VariantGiven[],
  { id, slug, user_id, now }: Place & { user_id: string | null },
): Promise<VariantRefused | undefined> {
  const stem = skuStem(slug, id)
  for (const [position, given] of variants.entries()) {
    const sku = variants.length === 1 ? stem : `${stem}-${position + 1}`
    const kept = await keepVariant(tx, given, { product_id: id, sku, position, user_id, now })
    if (kept.kind === 'refused') return kept
  }
  return undefined
}

/** The same wish again gets the same answer; another one with the id does not. */
async function createdBefore(tx: Transaction<CatalogTables>, input: ProductInput, id: string): Promise<Creating> {
  const [product] = await readWholes(tx, [id])
  const name = inBoth(input.name)
  const isSame =
    product?.type === input.type &&
    product.name.ru === name.ru &&
    product.name.en === name.en &&
    product.variants.length === input.variants.length &&
    (input.slug === undefined || product.slug === input.slug) &&
    input.variants.every(({ sku }) => sku === undefined || product.variants.some((variant) => variant.sku === sku))
  return product && isSame ? { kind: 'created', product } : { kind: 'refused', reason: 'id-taken' }
}
