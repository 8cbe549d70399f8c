import { sql } from 'kysely'
import type { Locale } from '#platform/values'
import type { ProductCard } from '../../products/schema.ts'
import { selectColumns, selectComponents } from '../../products/store/columns.ts'
import type { BundleComponent } from '../../products/variant-schema.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Row = Omit<ProductCard, 'components' | 'created_at'> &
  Readonly<{ components: BundleComponent[] | null; created_at: Date }>

/** The cards of these products, in this order. A product that was deactivated meanwhile is left out. */
export async function listCards(db: CatalogDb, ids: readonly string[], locale: Locale): Promise<ProductCard[]> {
  const { rows } = await sql<Row>`
    select p.id, p.type_code as type, ${selectColumns}, p.name ->> ${locale} as name,
      p.description ->> ${locale} as description, p.attributes, p.created_at, first.id as variant_id, first.price,
      first.compare_at_price, first.currency, first.weight_grams, catalog.available(first.id) as stock_quantity,
      l.in_stock, first.variant_count,
      array(select t.slug from catalog.product_tags pt join catalog.tags t on t.id = pt.tag_id
            where pt.product_id = p.id order by t.slug) as tags,
      case first.kind when 'bundle' then ${selectComponents('first.id', locale)} end as components
    from unnest(${ids}::uuid[]) with ordinality as requested(id, ordinal)
    join catalog.products p on p.id = requested.id
    join catalog.listings l on l.product_id = p.id
    join lateral (
      select v.*, count(*) over ()::int as variant_count from catalog.variants v
      where v.product_id = p.id and v.is_active order by v.position, v.id limit 1) first on true
    order by requested.ordinal`.execute(db)
  return rows.map(({ components, created_at, ...row }) => ({
    ...row,
    created_at: created_at.toISOString(),
    ...(components && { components }),
  }))
}
