import { sql, type Kysely } from 'kysely'
import type { Locale, Localized } from '#platform/values'
import type { AttributeKind, AttributeValue, KnownValue, UiHint } from '../attribute.ts'
import { componentsOf } from '../card.ts'
import type { CatalogTables } from '../tables.ts'

/** One product as its page shows it; undefined when it is not for sale. */
export async function showProduct(db: Kysely<CatalogTables>, id: string, locale: Locale) {
  const [product, variants, attributes, brew_profiles] = await Promise.all([
    productOf(db, id, locale),
    variantsOf(db, id, locale),
    attributesOf(db, id),
    brewProfilesOf(db, id, locale),
  ])
  const [first] = variants
  if (!product || !first) return undefined
  const { price, compare_at_price, currency, weight_grams, stock_quantity } = first
  return {
    ...product,
    created_at: product.created_at.toISOString(),
    images: product.image === null ? [] : [{ url: product.image, alt: product.name }],
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
    described: attributes.flatMap((attribute) => describe(attribute, product.attributes[attribute.code], locale)),
    brew_profiles,
    reviews: { count: 0, average: null },
  }
}

type ProductRow = Readonly<{
  id: string
  slug: string
  type: string
  name: string
  description: string
  image: string | null
  category_id: string | null
  category: Readonly<{ id: string; slug: string; name: string }> | null
  tags: readonly string[]
  attributes: Readonly<Record<string, AttributeValue>>
  created_at: Date
}>

async function productOf(db: Kysely<CatalogTables>, id: string, locale: Locale): Promise<ProductRow | undefined> {
  const { rows } = await sql<ProductRow>`
    select p.id, p.slug, p.type_code as type, p.name ->> ${locale} as name, p.description ->> ${locale} as description,
      p.image, p.category_id, p.attributes, p.created_at,
      (select jsonb_build_object('id', c.id, 'slug', c.slug, 'name', c.name ->> ${locale})
       from catalog.categories c where c.id = p.category_id) as category,
      array(select t.slug from catalog.product_tags pt join catalog.tags t on t.id = pt.tag_id
            where pt.product_id = p.id order by t.slug) as tags
    from catalog.products p where p.id = ${id} and p.is_active`.execute(db)
  return rows[0]
}

type VariantRow = Readonly<{
  id: string
  sku: string
  title: string
  kind: 'plain' | 'bundle'
  price: number
  compare_at_price: number | null
  currency: string
  weight_grams: number
  stock_quantity: number | null
  components: readonly unknown[] | null
}>

async function variantsOf(db: Kysely<CatalogTables>, id: string, locale: Locale): Promise<readonly VariantRow[]> {
  const { rows } = await sql<VariantRow>`
    select v.id, v.sku, v.title ->> ${locale} as title, v.kind, v.price, v.compare_at_price, v.currency, v.weight_grams,
      catalog.available(v.id) as stock_quantity,
      case v.kind when 'bundle' then ${componentsOf('v.id', locale)} end as components
    from catalog.variants v where v.product_id = ${id} and v.is_active order by v.position, v.id`.execute(db)
  return rows
}

type AttributeRow = Readonly<{
  code: string
  name: Localized
  kind: AttributeKind
  unit: Localized | null
  ui_hint: UiHint
  is_filter: boolean
  values: readonly KnownValue[]
}>

async function attributesOf(db: Kysely<CatalogTables>, id: string): Promise<readonly AttributeRow[]> {
  const { rows } = await sql<AttributeRow>`
    select a.code, a.name, a.kind, a.unit, a.ui_hint, a.is_filter, a."values"
    from catalog.products p join catalog.type_attributes ta on ta.type_code = p.type_code
    join catalog.attributes a on a.code = ta.attribute_code
    where p.id = ${id} order by ta.position, a.position, a.code`.execute(db)
  return rows
}

/** An attribute as people read it: with its unit, and with the names of its values. */
function describe(
  { name, unit, values, ...attribute }: AttributeRow,
  value: AttributeValue | undefined,
  locale: Locale,
) {
  if (value === undefined) return []
  const named = values.filter(({ code }) => [value].flat().includes(code))
  return [
    {
      ...attribute,
      name: name[locale],
      unit: unit?.[locale] ?? null,
      value,
      values: named.map((known) => ({ ...known, name: known.name[locale] })),
    },
  ]
}

async function brewProfilesOf(db: Kysely<CatalogTables>, id: string, locale: Locale) {
  const profiles = await db
    .selectFrom('catalog.brew_profiles')
    .select(['id', 'method', 'vessel', 'leaf_grams', 'water_ml', 'temperature_c', 'steep_seconds', 'note'])
    .where('product_id', '=', id)
    .orderBy('position')
    .orderBy('method')
    .execute()
  return profiles.map(({ vessel, note, ...profile }) => ({ ...profile, vessel: vessel[locale], note: note[locale] }))
}
