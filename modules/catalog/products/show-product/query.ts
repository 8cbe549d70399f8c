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
    select p.id, p.type_code as type, ${selectColumns}, p.name ->> ${locale} as name,
      p.description ->> ${locale} as description, p.attributes, p.created_at, p.images as saved_images,
      (select jsonb_build_object('id', c.id, 'slug', c.slug, 'name', c.name ->> ${locale})
       from catalog.categories c where c.id = p.category_id) as category,
      array(select t.slug from catalog.product_tags pt join catalog.tags t on t.id = pt.tag_id
            where pt.product_id = p.id order by t.slug) as tags,
      coalesce((select jsonb_agg(jsonb_build_object('platform', r.platform, 'count', r.count, 'rating_sum', r.rating_sum)
                  order by r.platform) from catalog.review_totals r where r.scope = p.id), '[]') as review_totals
    from catalog.products p where p.id = ${id} and p.is_active`.execute(db)
  return rows[0]
}

async function listVariants(db: CatalogDb, id: string, locale: Locale): Promise<ProductVariant[]> {
  const { rows } = await sql<ProductVariant>`
    select v.id, v.sku, v.title ->> ${locale} as title, v.kind, v.price, v.compare_at_price, v.currency, v.weight_grams,
      catalog.available(v.id) as stock_quantity,
      case v.kind when 'bundle' then ${selectComponents('v.id', locale)} end as components
    from catalog.variants v where v.product_id = ${id} and v.is_active order by v.position, v.id`.execute(db)
  return rows
}

type AttributeRow = Omit<AdminAttribute, 'position'>

async function listAttributes(db: CatalogDb, id: string): Promise<readonly AttributeRow[]> {
  const { rows } = await sql<AttributeRow>`
    select a.code, a.name, a.kind, a.unit, a.ui_hint, a.is_filter, a."values"
    from catalog.products p join catalog.type_attributes ta on ta.type_code = p.type_code
    join catalog.attributes a on a.code = ta.attribute_code
    where p.id = ${id} order by ta.position, a.position, a.code`.execute(db)
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
