import { sql } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import type { AdminProduct } from '../schema.ts'
import type { AdminVariant } from '../variant-schema.ts'
import { selectColumns } from './columns.ts'

/** `catalog.variants v` with its stock `s` as an `AdminVariant`. */
const variantJson = sql`jsonb_build_object(
  'id', v.id, 'product_id', v.product_id, 'kind', v.kind, 'sku', v.sku, 'title', v.title, 'pricing', v.pricing,
  'price', v.price, 'compare_at_price', v.compare_at_price, 'currency', v.currency, 'weighing', v.weighing,
  'weight_grams', v.weight_grams, 'is_active', v.is_active or v.hidden_with_product, 'position', v.position, 'stock_policy', s.policy, 'on_hand', s.on_hand,
  'reserved', s.reserved, 'in_return', case when s.variant_id is not null then (
    select coalesce(sum(i.pieces), 0) from catalog.return_items i where i.variant_id = v.id and i.sellable is null) end,
  'stock_quantity', catalog.available(v.id),
  'components', coalesce((
    select jsonb_agg(jsonb_build_object('variant_id', c.component_id, 'quantity', c.quantity,
      'substitute_ids', c.substitute_ids) order by c.position, c.component_id)
    from catalog.bundle_components c where c.bundle_id = v.id), '[]'))`

type Row = Omit<AdminProduct, 'archived_at' | 'created_at' | 'updated_at'> &
  Readonly<{ archived_at: Date | null; created_at: Date; updated_at: Date }>

/** The products with these ids, in this order. */
export async function findAdminProducts(db: CatalogDb, ids: readonly string[]): Promise<AdminProduct[]> {
  const { rows } = await sql<Row>`
    select p.id, p.type_code as type, ${selectColumns}, p.name, p.description, p.attributes, p.is_active,
      p.archived_at, p.created_at, p.updated_at,
      array(select tag_id::text from catalog.product_tags where product_id = p.id order by tag_id) as tag_ids,
      coalesce((select jsonb_agg(${variantJson} order by v.position, v.id)
        from catalog.variants v left join catalog.stock s on s.variant_id = v.id where v.product_id = p.id), '[]') as variants
    from unnest(${ids}::uuid[]) with ordinality as requested(id, ordinal)
    join catalog.products p on p.id = requested.id order by requested.ordinal`.execute(db)
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
    select ${variantJson} as variant from catalog.variants v left join catalog.stock s on s.variant_id = v.id
    where v.id = ${id}`.execute(db)
  if (!rows[0]) throw new Error(`Variant ${id} is missing in the transaction that wrote it`)
  return rows[0].variant
}
