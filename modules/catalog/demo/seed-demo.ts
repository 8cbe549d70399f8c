import { sql } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { hours, type Clock, type Localized } from '#platform/values'
import type { CatalogDb } from '../store/tables.ts'
import { demoId, demoProducts, type DemoProduct } from './demo-products.ts'
import { attributes, categories, tags, types } from './taxonomy.ts'

/**
 * Fills an empty shop with teas, flowers, bouquets, teaware and gifts, and returns the number of products that it added.
 * A shop with products stays as it is, and so does one whose demo products were removed, unless `again` is set. Publishes no
 * events: no module has to react to demo products.
 */
export async function seedDemo(
  db: CatalogDb,
  now: Clock,
  { again = false }: Readonly<{ again?: boolean }> = {},
): Promise<{ products: number }> {
  const demo = demoProducts()
  return await transaction(db, async (tx) => {
    if (!again && !(await isNew(tx))) return { products: 0 }
    await sql`delete from catalog.demo_removal`.execute(tx)
    await seedTaxonomy(tx)
    const added = await add(
      tx,
      'products',
      demo.map((product, i) => productRow(product, new Date(now().getTime() - hours(i)))),
    )
    await add(tx, 'product_tags', demo.flatMap(tagRows))
    await add(tx, 'variants', demo.flatMap(variantRows))
    await add(tx, 'bundle_components', demo.flatMap(componentRows))
    await add(tx, 'brew_profiles', demo.flatMap(brewRows))
    const stock = demo.flatMap(stockRows)
    const opened = await add(tx, 'stock', stock)
    const openings = stock.filter(({ variant_id, on_hand }) => on_hand > 0 && opened.includes(variant_id))
    await add(
      tx,
      'movements',
      openings.map(({ variant_id, on_hand }) => openingRow(variant_id, on_hand, now())),
    )
    return { products: added.length }
  })
}

/** True for a shop without products whose demo products were never removed. */
async function isNew(tx: AnyTx): Promise<boolean> {
  const { rows } = await sql<{ is_new: boolean }>`
    select not exists (select from catalog.products) and not exists (select from catalog.demo_removal) as is_new`.execute(
    tx,
  )
  return rows[0]?.is_new ?? false
}

/** The tables, each with the column that identifies an added row. */
const keys = {
  attributes: 'code',
  types: 'code',
  type_attributes: 'type_code',
  tags: 'id',
  categories: 'id',
  products: 'id',
  product_tags: 'product_id',
  variants: 'id',
  bundle_components: 'bundle_id',
  brew_profiles: 'id',
  stock: 'variant_id',
  movements: 'id',
}

type Rows = readonly Readonly<Record<string, unknown>>[]

/** Inserts the missing rows in one statement, for the sake of the statement triggers, and returns their keys. */
async function add(tx: AnyTx, table: keyof typeof keys, rows: Rows): Promise<readonly string[]> {
  if (rows.length === 0) return []
  const columns = sql.join(Object.keys(rows[0] ?? {}).map((column) => sql.ref(column)))
  const name = sql.table(`catalog.${table}`)
  const { rows: added } = await sql<{ key: string }>`
    insert into ${name} (${columns})
    select ${columns} from jsonb_populate_recordset(null::${name}, ${JSON.stringify(rows)}::jsonb)
    on conflict do nothing returning ${sql.ref(keys[table])}::text as key`.execute(tx)
  return added.map((row) => row.key)
}

async function seedTaxonomy(tx: AnyTx): Promise<void> {
  const text = (ru: string, en: string): Localized => ({ ru, en })
  const attributeRows = attributes.map(({ ru, en, unit, is_filter = false, values = [], ...rest }, position) => ({
    ...rest,
    name: text(ru, en),
    unit: unit ? text(...unit) : null,
    is_filter,
    position,
    values: values.map(([code, ru, en, color]) => ({ code, name: text(ru, en), ...(color && { color }) })),
  }))
  await add(tx, 'attributes', attributeRows)
  await add(
    tx,
    'types',
    types.map(({ code, plural, ru, en }) => ({ code, plural, name: text(ru, en) })),
  )
  const typeAttributes = types.flatMap(({ code, attributes }) =>
    attributes.map((attribute_code, position) => ({ type_code: code, attribute_code, position })),
  )
  await add(tx, 'type_attributes', typeAttributes)
  await add(
    tx,
    'tags',
    tags.map(({ slug, ru, en }) => ({ id: demoId(`tag ${slug}`), slug, name: text(ru, en) })),
  )
  const categoryRows = categories.map(({ slug, parent, ru, en, description }, position) => ({
    id: demoId(`category ${slug}`),
    parent_id: parent === undefined ? null : demoId(`category ${parent}`),
    slug,
    name: text(ru, en),
    description: text(...description),
    position,
  }))
  await add(tx, 'categories', categoryRows)
}

const variantId = (sku: string) => demoId(`variant ${sku}`)
const productId = (slug: string) => demoId(`product ${slug}`)

const productRow = ({ slug, type, category, name, description, attributes }: DemoProduct, at: Date) => ({
  id: productId(slug),
  type_code: type,
  category_id: demoId(`category ${category}`),
  slug,
  name,
  description,
  image: `/shop-art/${slug}.svg`,
  attributes,
  is_active: true,
  created_at: at,
  updated_at: at,
})

const tagRows = ({ slug, tags }: DemoProduct) =>
  tags.map((tag) => ({ product_id: productId(slug), tag_id: demoId(`tag ${tag}`) }))

/** A bundle without a price starts at zero; the trigger on its components sets the price. */
const variantRows = ({ slug, variants }: DemoProduct) =>
  variants.map(({ sku, title, price, compare_at_price, weight_grams, components }, position) => ({
    id: variantId(sku),
    product_id: productId(slug),
    kind: components ? 'bundle' : 'plain',
    sku,
    title,
    pricing: price === undefined ? 'computed' : 'own',
    weighing: components ? 'computed' : 'own',
    price: price ?? 0,
    compare_at_price: compare_at_price ?? null,
    currency: 'RUB',
    weight_grams,
    is_active: true,
    position,
  }))

const componentRows = ({ variants }: DemoProduct) =>
  variants.flatMap(({ sku, components = [] }) =>
    components.map((component, position) => ({
      bundle_id: variantId(sku),
      component_id: variantId(component.sku),
      quantity: component.quantity,
      position,
      substitute_ids: component.substitutes.map(variantId),
    })),
  )

const vessels: Record<'gongfu' | 'cup', Localized> = {
  gongfu: { ru: 'Гайвань 100 мл', en: 'Gaiwan, 100 ml' },
  cup: { ru: 'Кружка 300 мл', en: 'Mug, 300 ml' },
}

const notes: Record<'gongfu' | 'cup', Localized> = {
  gongfu: {
    ru: 'Первый пролив можно слить: лист проснётся.',
    en: 'You may pour the first infusion away: it wakes the leaf.',
  },
  cup: { ru: 'Накройте крышкой, листья можно не вынимать.', en: 'Cover it; the leaves may stay in.' },
}

const brewRows = ({ slug, brews = [] }: DemoProduct) =>
  brews.map(({ method, grams, ml, celsius, steeps }, position) => ({
    id: demoId(`brew ${slug} ${method}`),
    product_id: productId(slug),
    position,
    method,
    vessel: vessels[method],
    leaf_grams: grams,
    water_ml: ml,
    temperature_c: celsius,
    steep_seconds: steeps,
    note: notes[method],
  }))

const stockRows = ({ variants }: DemoProduct) =>
  variants.flatMap(({ sku, stock, components }) =>
    components ? [] : [{ variant_id: variantId(sku), on_hand: stock, reserved: 0, policy: 'track' }],
  )

const openingRow = (variant_id: string, on_hand: number, moved_at: Date) => ({
  id: demoId(`opening ${variant_id}`),
  variant_id,
  kind: 'opening',
  delta: on_hand,
  reason: 'opening stock',
  order_id: null,
  user_id: null,
  moved_at,
})
