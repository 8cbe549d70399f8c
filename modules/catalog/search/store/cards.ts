import { sql } from 'kysely'
import { batched } from '#platform/db'
import type { Locale } from '#platform/values'
import type { ProductCard } from '../../products/schema.ts'
import { selectColumns, selectComponents } from '../../products/store/columns.ts'
import type { BundleComponent } from '../../products/variant-schema.ts'
import type { CatalogCache } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

export type ListCards = (ids: readonly string[], locale: Locale) => Promise<readonly ProductCard[]>

/**
 * The cards of these products, in this order, from the cache: a new filter or an order changes a list, but few of its cards.
 * A product that was deactivated meanwhile is left out.
 */
export const listCards =
  ({ db, catalogCache }: Needs): ListCards =>
  async (ids, locale) => {
    const cards = await Promise.all(ids.map((id) => catalogCache.card(id, locale, () => loadCard(db, { id, locale }))))
    return cards.filter((card) => card !== undefined)
  }

type CardRequest = Readonly<{ id: string; locale: Locale }>

type Row = Omit<ProductCard, 'components' | 'created_at'> &
  Readonly<{ ordinal: number; components: BundleComponent[] | null; created_at: Date }>

/** One statement loads the cards of a list that are not cached. */
const loadCard = batched<CardRequest, ProductCard | undefined, CatalogDb>(async (db, requests) => {
  const { rows } = await sql<Row>`
    select requested.ordinal::int, product.id, product.type_code as type, ${selectColumns}, product.name ->> requested.locale as name,
      product.description ->> requested.locale as description, product.attributes, product.created_at, first.id as variant_id, first.price,
      first.compare_at_price, first.currency, first.weight_grams, catalog.available(first.id) as stock_quantity,
      listing.in_stock, first.variant_count,
      array(select tag.slug from catalog.product_tags tagged join catalog.tags tag on tag.id = tagged.tag_id
            where tagged.product_id = product.id order by tag.slug) as tags,
      case first.kind when 'bundle' then ${selectComponents('first.id', sql.ref('requested.locale'))} end as components
    from unnest(${requests.map(({ id }) => id)}::uuid[], ${requests.map(({ locale }) => locale)}::text[])
      with ordinality as requested(id, locale, ordinal)
    join catalog.products product on product.id = requested.id
    join catalog.listings listing on listing.product_id = product.id
    join lateral (
      select variant.*, count(*) over ()::int as variant_count from catalog.variants variant
      where variant.product_id = product.id and variant.is_active order by variant.position, variant.id limit 1) first on true`.execute(
    db,
  )
  const cards = new Map(rows.map(({ ordinal, ...row }) => [ordinal, cardOf(row)]))
  return requests.map((_, i) => cards.get(i + 1))
})

const cardOf = ({ components, created_at, ...row }: Omit<Row, 'ordinal'>): ProductCard => ({
  ...row,
  created_at: created_at.toISOString(),
  ...(components && { components }),
})
