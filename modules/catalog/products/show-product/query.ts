import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import { isId, type Locale } from '#platform/values'
import { type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminAttribute, AttributeValue, ProductAttribute } from '../../taxonomy/schema.ts'
import type { BrewProfile } from '../brew-profile-schema.ts'
import { flatProductOf } from '../flat-product.ts'
import type { Product, ProductCard, ProductColumns, ProductImage, SavedImage } from '../schema.ts'
import { summaryOf, type ReviewTotal } from '../../reviews/summary.ts'
import { selectColumns, selectComponents } from '../store/columns.ts'
import type { ProductVariant } from '../variant-schema.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** With `flatType`, a product of this type as a flat product; products of other types are not found. */
type View = Readonly<{ locale: Locale; flatType?: string }>

export type ShowProduct = (
  idOrSlug: string,
  view: View,
) => Promise<Readonly<{ kind: 'found'; response: PreparedResponse }> | NotFound>

/** The page of one product on sale, from the cache. */
export const showProduct =
  ({ db, catalogCache }: Needs): ShowProduct =>
  async (idOrSlug, { locale, flatType }) => {
    const id = isId(idOrSlug)
      ? idOrSlug.toLowerCase()
      : await catalogCache.idOf(idOrSlug, () => findIdBySlug(db, idOrSlug))
    if (id === undefined) return notFound('product')
    const response = await catalogCache.product(id, `${locale}:${flatType ?? ''}`, async () => {
      const product = await loadProduct(db, id, locale)
      if (!product || (flatType !== undefined && product.type !== flatType)) return undefined
      return prepareResponse(flatType === undefined ? product : flatProductOf(product))
    })
    return response ? { kind: 'found', response } : notFound('product')
  }

async function findIdBySlug(db: CatalogDb, slug: string): Promise<string | undefined> {
  const product = await db.selectFrom('catalog.products').select('id').where('slug', '=', slug).executeTakeFirst()
  return product?.id
}

/** Undefined when the product is not on sale. */
async function loadProduct(db: CatalogDb, id: string, locale: Locale): Promise<Product | undefined> {
  const [product, variants, attributes, brew_profiles] = await Promise.all([
    findProduct(db, id, locale),
    listVariants(db, id, locale),
    listAttributes(db, id),
    listBrewProfiles(db, id, locale),
  ])
  const [first] = variants
  if (!product || !first) return undefined
  const { price, compare_at_price, currency, weight_grams, stock_quantity } = first
  const { saved_images, review_totals, ...shown } = product
  return {
    ...shown,
    created_at: product.created_at.toISOString(),
    images: imagesOf({ ...shown, saved_images }),
    variant_id: first.id,
    price,
    compare_at_price,
    currency,
    weight_grams,
    stock_quantity,
    in_stock: variants.some((variant) => variant.stock_quantity !== 0),
    variant_count: variants.length,
    variants,
    ...(first.components && { components: first.components }),
    attribute_details: attributes.flatMap((attribute) =>
      detailsOf(attribute, product.attributes[attribute.code], locale),
    ),
    brew_profiles,
    reviews: summaryOf(review_totals),
  }
}

/** The uploaded images; without any, the address that staff wrote into `image`. */
function imagesOf({ image, name, saved_images }: Pick<ProductRow, 'image' | 'name' | 'saved_images'>): ProductImage[] {
  if (saved_images.length === 0) return image === null ? [] : [{ id: null, url: image, alt: name, variants: [] }]
  return saved_images.map(({ id, variants }) => ({
    id,
    url: variants.at(-1)?.url ?? '',
    alt: name,
    variants: [...variants],
  }))
}

/** The fields that are read from other tables, or made of others. */
type Computed =
  | Exclude<keyof ProductCard, keyof ProductColumns | 'id' | 'type' | 'name' | 'description' | 'tags' | 'attributes'>
  | 'images'
  | 'variants'
  | 'attribute_details'
  | 'brew_profiles'
  | 'reviews'

type ProductRow = Omit<Product, Computed> &
  Readonly<{ created_at: Date; saved_images: readonly SavedImage[]; review_totals: readonly ReviewTotal[] }>

async function findProduct(db: CatalogDb, id: string, locale: Locale): Promise<ProductRow | undefined> {
  const { rows } = await sql<ProductRow>`
    select product.id, product.type_code as type, ${selectColumns}, product.name ->> ${locale} as name,
      product.description ->> ${locale} as description, product.attributes, product.created_at, product.images as saved_images,
      (select jsonb_build_object('id', category.id, 'slug', category.slug, 'name', category.name ->> ${locale})
       from catalog.categories category where category.id = product.category_id) as category,
      array(select tag.slug from catalog.product_tags tagged join catalog.tags tag on tag.id = tagged.tag_id
            where tagged.product_id = product.id order by tag.slug) as tags,
      coalesce((select jsonb_agg(jsonb_build_object('platform', totals.platform, 'count', totals.count, 'rating_sum', totals.rating_sum)
                  order by totals.platform) from catalog.review_totals totals where totals.scope = product.id), '[]') as review_totals
    from catalog.products product where product.id = ${id} and product.is_active`.execute(db)
  return rows[0]
}

async function listVariants(db: CatalogDb, id: string, locale: Locale): Promise<ProductVariant[]> {
  const { rows } = await sql<ProductVariant>`
    select variant.id, variant.sku, variant.title ->> ${locale} as title, variant.kind, variant.price, variant.compare_at_price, variant.currency, variant.weight_grams,
      catalog.available(variant.id) as stock_quantity,
      case variant.kind when 'bundle' then ${selectComponents('variant.id', locale)} end as components
    from catalog.variants variant where variant.product_id = ${id} and variant.is_active order by variant.position, variant.id`.execute(
    db,
  )
  return rows
}

type AttributeRow = Omit<AdminAttribute, 'position'>

async function listAttributes(db: CatalogDb, id: string): Promise<readonly AttributeRow[]> {
  const { rows } = await sql<AttributeRow>`
    select attribute.code, attribute.name, attribute.kind, attribute.unit, attribute.ui_hint, attribute.is_filter, attribute."values"
    from catalog.products product join catalog.type_attributes assigned on assigned.type_code = product.type_code
    join catalog.attributes attribute on attribute.code = assigned.attribute_code
    where product.id = ${id} order by assigned.position, attribute.position, attribute.code`.execute(db)
  return rows
}

/** An attribute with its unit and the names of its values; none when the product has no value. */
function detailsOf(
  { name, unit, values, ...attribute }: AttributeRow,
  value: AttributeValue | undefined,
  locale: Locale,
): ProductAttribute[] {
  if (value === undefined) return []
  const options = values.filter(({ code }) => (Array.isArray(value) ? value.includes(code) : value === code))
  return [
    {
      ...attribute,
      name: name[locale],
      unit: unit?.[locale] ?? null,
      value,
      values: options.map((option) => ({ ...option, name: option.name[locale] })),
    },
  ]
}

async function listBrewProfiles(db: CatalogDb, product_id: string, locale: Locale): Promise<BrewProfile[]> {
  const profiles = await db
    .selectFrom('catalog.brew_profiles')
    .select(['id', 'method', 'vessel', 'leaf_grams', 'water_ml', 'temperature_c', 'steep_seconds', 'note'])
    .where('product_id', '=', product_id)
    .orderBy('position')
    .orderBy('method')
    .execute()
  return profiles.map(({ vessel, note, ...profile }) => ({ ...profile, vessel: vessel[locale], note: note[locale] }))
}
