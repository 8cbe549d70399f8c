import { sql, type Kysely } from 'kysely'
import { Type, type Static } from 'typebox'
import { Amount, Attributes, CurrencyCode, Id, orNull } from './shapes.ts'
import type { CatalogTables } from './tables.ts'
import { Text } from './text.ts'

const Moment = Type.String({ format: 'date-time' })

export const WholeVariant = Type.Object({
  id: Id,
  product_id: Id,
  kind: Type.Union([Type.Literal('plain'), Type.Literal('bundle')]),
  sku: Type.String(),
  title: Text,
  pricing: Type.Union([Type.Literal('own'), Type.Literal('computed')]),
  price: Amount,
  compare_at_price: orNull(Amount),
  currency: CurrencyCode,
  weight_grams: Type.Integer(),
  is_active: Type.Boolean(),
  position: Type.Integer(),
  stock_policy: orNull(Type.Union([Type.Literal('track'), Type.Literal('untracked')])),
  on_hand: orNull(Type.Integer()),
  reserved: orNull(Type.Integer()),
  stock_quantity: orNull(Type.Integer()),
  components: Type.Array(
    Type.Object({
      variant_id: Id,
      quantity: Type.Integer(),
      substitute_ids: Type.Array(Id),
    }),
  ),
})
export type WholeVariant = Static<typeof WholeVariant>

/** A product as staff see it: both languages, inactive variants, what is on hand and what is reserved. */
export const WholeProduct = Type.Object({
  id: Id,
  type: Type.String(),
  category_id: orNull(Id),
  slug: Type.String(),
  name: Text,
  description: Text,
  image: orNull(Type.String()),
  attributes: Attributes,
  tag_ids: Type.Array(Id),
  is_active: Type.Boolean(),
  archived_at: orNull(Moment),
  created_at: Moment,
  updated_at: Moment,
  variants: Type.Array(WholeVariant),
})
export type WholeProduct = Static<typeof WholeProduct>

const variantJson = sql`jsonb_build_object(
  'id', v.id, 'product_id', v.product_id, 'kind', v.kind, 'sku', v.sku, 'title', v.title, 'pricing', v.pricing,
  'price', v.price, 'compare_at_price', v.compare_at_price, 'currency', v.currency, 'weight_grams', v.weight_grams,
  'is_active', v.is_active, 'position', v.position, 'stock_policy', s.policy, 'on_hand', s.on_hand,
  'reserved', s.reserved, 'stock_quantity', catalog.available(v.id),
  'components', coalesce((
    select jsonb_agg(jsonb_build_object('variant_id', c.component_id, 'quantity', c.quantity,
      'substitute_ids', c.substitute_ids) order by c.position, c.component_id)
    from catalog.bundle_components c where c.bundle_id = v.id), '[]'))`

type Row = Omit<WholeProduct, 'archived_at' | 'created_at' | 'updated_at'> &
  Readonly<{ archived_at: Date | null; created_at: Date; updated_at: Date }>

/** The products with these ids, in this order. */
export async function readWholes(db: Kysely<CatalogTables>, ids: readonly string[]): Promise<WholeProduct[]> {
  const { rows } = await sql<Row>`
    select p.id, p.type_code as type, p.category_id, p.slug, p.name, p.description, p.image, p.attributes, p.is_active,
      p.archived_at, p.created_at, p.updated_at,
      array(select tag_id::text from catalog.product_tags where product_id = p.id order by tag_id) as tag_ids,
      coalesce((select jsonb_agg(${variantJson} order by v.position, v.id)
        from catalog.variants v left join catalog.stock s on s.variant_id = v.id where v.product_id = p.id), '[]') as variants
    from unnest(${ids}::uuid[]) with ordinality as wanted(id, place)
    join catalog.products p on p.id = wanted.id order by wanted.place`.execute(db)
  return rows.map(({ archived_at, created_at, updated_at, ...row }) => ({
    ...row,
    archived_at: archived_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }))
}

export async function readWhole(db: Kysely<CatalogTables>, id: string): Promise<WholeProduct> {
  const [product] = await readWholes(db, [id])
  if (!product) throw new Error(`Product ${id} vanished while it was written`)
  return product
}

export async function readWholeVariant(db: Kysely<CatalogTables>, id: string): Promise<WholeVariant> {
  const { rows } = await sql<{ variant: WholeVariant }>`
    select ${variantJson} as variant from catalog.variants v left join catalog.stock s on s.variant_id = v.id
    where v.id = ${id}`.execute(db)
  if (!rows[0]) throw new Error(`Variant ${id} vanished while it was written`)
  return rows[0].variant
}
