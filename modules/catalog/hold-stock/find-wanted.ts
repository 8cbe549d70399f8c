import { sql, type Kysely } from 'kysely'
import type { Localized } from '#platform/values'
import type { Wanted } from '../api.ts'
import type { Found } from '../hold.ts'
import type { CatalogTables } from '../tables.ts'
import { titleOf } from '../text.ts'

type Row = Readonly<{
  place: number
  variant_id: string
  product_id: string
  sku: string
  name: Localized
  title: Localized
  price: number
  currency: string
  weight_grams: number
  part_id: string
  per: number
  tracked: boolean | null
  free: number
}>

/** What stands for sale behind each want, with the stock it would take: one read for any number of wants. */
export async function findWanted(
  db: Kysely<CatalogTables>,
  wants: readonly Wanted[],
): Promise<readonly (Found | undefined)[]> {
  const variant_ids = wants.map((want) => ('variant_id' in want ? want.variant_id : null))
  const flower_ids = wants.map((want) => ('flower_id' in want ? want.flower_id : null))
  const { rows } = await sql<Row>`
    select w.place::int, v.id as variant_id, v.product_id, v.sku, p.name, v.title, v.price, v.currency, v.weight_grams,
      coalesce(c.component_id, v.id) as part_id, coalesce(c.quantity, 1) as per,
      s.policy = 'track' as tracked, s.on_hand - s.reserved as free
    from unnest(${variant_ids}::uuid[], ${flower_ids}::uuid[]) with ordinality as w(variant_id, flower_id, place)
    join catalog.variants v on v.is_active and v.id = coalesce(w.variant_id,
      (select id from catalog.variants where product_id = w.flower_id and is_active order by position, id limit 1))
    join catalog.products p on p.id = v.product_id and p.is_active
    left join catalog.bundle_components c on c.bundle_id = v.id
    left join catalog.stock s on s.variant_id = coalesce(c.component_id, v.id)`.execute(db)
  return wants.map((_, i) => foundOf(rows.filter(({ place }) => place === i + 1)))
}

function foundOf(rows: readonly Row[]): Found | undefined {
  const [row] = rows
  // No stock row: a bundle that nobody has put anything into.
  if (!row || rows.some(({ tracked }) => tracked === null)) return undefined
  const { variant_id, product_id, sku, name, title, price, currency, weight_grams } = row
  return {
    line: { variant_id, product_id, sku, title: titleOf(name, title), price, weight_grams },
    currency,
    parts: rows.map(({ part_id, per, tracked, free }) => ({ variant_id: part_id, per, free: tracked ? free : null })),
  }
}
