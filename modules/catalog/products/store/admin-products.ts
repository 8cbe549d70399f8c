import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminProduct } from '../schema.ts'
import type { AdminVariant } from '../variant-schema.ts'
import { selectColumns } from './columns.ts'

/** `catalog.variants v` with its stock `s` as an `AdminVariant`. */
const variantJson = sql`jsonb_build_object(
  'id', variant.id, 'product_id', variant.product_id, 'kind', variant.kind, 'sku', variant.sku, 'title', variant.title, 'pricing', variant.pricing,
  'price', variant.price, 'compare_at_price', variant.compare_at_price, 'currency', variant.currency, 'weighing', variant.weighing,
  'weight_grams', variant.weight_grams, 'is_active', variant.is_active or variant.hidden_with_product, 'position', variant.position, 'stock_policy', stock.policy, 'on_hand', stock.on_hand,
  'stock_version', stock.version, 'reserved', stock.reserved, 'in_return', case when stock.variant_id is not null then (
    select coalesce(sum(item.pieces), 0) from catalog.return_items item where item.variant_id = variant.id and item.sellable is null) end,
  'stock_quantity', catalog.available(variant.id),
  'components', coalesce((
    select jsonb_agg(jsonb_build_object('variant_id', component.component_id, 'quantity', component.quantity,
      'substitute_ids', component.substitute_ids) order by component.position, component.component_id)
    from catalog.bundle_components component where component.bundle_id = variant.id), '[]'))`

type Row = Omit<AdminProduct, 'archived_at' | 'created_at' | 'updated_at'> &
  Readonly<{ archived_at: Date | null; created_at: Date; updated_at: Date }>

/** The products with these ids, in this order. */
export async function findAdminProducts(db: CatalogDb, ids: readonly string[]): Promise<AdminProduct[]> {
  const { rows } = await sql<Row>`
    select product.id, product.type_code as type, ${selectColumns}, product.name, product.description, product.attributes, product.is_active,
      product.archived_at, product.created_at, product.updated_at,
      array(select tag_id::text from catalog.product_tags where product_id = product.id order by tag_id) as tag_ids,
      coalesce((select jsonb_agg(${variantJson} order by variant.position, variant.id)
        from catalog.variants variant left join catalog.stock on stock.variant_id = variant.id where variant.product_id = product.id), '[]') as variants
    from unnest(${ids}::uuid[]) with ordinality as requested(id, ordinal)
    join catalog.products product on product.id = requested.id order by requested.ordinal`.execute(db)
  return rows.map(({ archived_at, created_at, updated_at, ...row }) => ({
    ...row,
    archived_at: archived_at?.toISOString() ?? null,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  }))
}

/** The product that this transaction has just written; throws when it is absent. */
export async function readAdminProduct(db: CatalogDb, id: string): Promise<AdminProduct> {
  const [product] = await findAdminProducts(db, [id])
  if (!product) throw new Error(`Product ${id} is missing in the transaction that wrote it`)
  return product
}

/** The variant that this transaction has just written; throws when it is absent. */
export async function readAdminVariant(db: CatalogDb, id: string): Promise<AdminVariant> {
  const { rows } = await sql<{ variant: AdminVariant }>`
    select ${variantJson} as variant from catalog.variants variant left join catalog.stock on stock.variant_id = variant.id
    where variant.id = ${id}`.execute(db)
  if (!rows[0]) throw new Error(`Variant ${id} is missing in the transaction that wrote it`)
  return rows[0].variant
}
