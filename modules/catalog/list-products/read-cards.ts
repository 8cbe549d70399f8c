import { sql, type Kysely } from 'kysely'
import type { Locale } from '#platform/values'
import { type Card, componentsOf } from '../card.ts'
import type { CatalogTables } from '../tables.ts'

type Row = Omit<Card, 'components' | 'created_at'> & { components: readonly unknown[] | null; created_at: Date }

/** The cards of these products in this order; one that has just left the shop is missing. */
export async function readCards(db: Kysely<CatalogTables>, ids: readonly string[], locale: Locale): Promise<Card[]> {
  const { rows } = await sql<Row>`
    select p.id, p.slug, p.type_code as type, p.name ->> ${locale} as name, p.description ->> ${locale} as description,
      p.image, p.category_id, p.attributes, p.created_at, first.id as variant_id, first.price, first.compare_at_price,
      first.currency, first.weight_grams, catalog.available(first.id) as stock_quantity, l.in_stock, first.variant_count,
      array(select t.slug from catalog.product_tags pt join catalog.tags t on t.id = pt.tag_id
            where pt.product_id = p.id order by t.slug) as tags,
      case first.kind when 'bundle' then ${componentsOf('first.id', locale)} end as components
    from unnest(${ids}::uuid[]) with ordinality as wanted(id, place)
    join catalog.products p on p.id = wanted.id
    join catalog.listings l on l.product_id = p.id
    join lateral (
      select v.*, count(*) over ()::int as variant_count from catalog.variants v
      where v.product_id = p.id and v.is_active order by v.position, v.id limit 1) first on true
    order by wanted.place`.execute(db)
  return rows.map(({ components, created_at, ...row }) => ({
    ...row,
    created_at: created_at.toISOString(),
    ...(components && { components }),
  }))
}
