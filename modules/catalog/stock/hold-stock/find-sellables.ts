import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { Localized } from '#platform/values'
import type { HoldItem } from '../../api.ts'
import { titleOf } from '../../text.ts'
import type { Sellable } from '../hold.ts'

type Row = Readonly<{
  ordinal: number
  variant_id: string
  product_id: string
  sku: string
  name: Localized
  title: Localized
  price: number
  currency: string
  weight_grams: number
  component_id: string
  per_bundle: number
  tracked: boolean | null
  free: number
}>

/** The variant on sale that each item means, with the stock that it takes: one statement for the items of all callers. */
export const findSellables = coalesced<readonly HoldItem[], readonly (Sellable | undefined)[]>(async (db, requests) => {
  const items = requests.flat()
  const variant_ids = items.map((item) => ('variant_id' in item ? item.variant_id : null))
  const flower_ids = items.map((item) => ('flower_id' in item ? item.flower_id : null))
  const { rows } = await sql<Row>`
    select item.ordinal::int, variant.id as variant_id, variant.product_id, variant.sku, product.name, variant.title, variant.price, variant.currency,
      variant.weight_grams, coalesce(component.component_id, variant.id) as component_id, coalesce(component.quantity, 1) as per_bundle,
      stock.policy = 'track' or part.is_hidden is true as tracked,
      case when part.is_hidden then 0 else stock.on_hand - stock.reserved end as free
    from unnest(${variant_ids}::uuid[], ${flower_ids}::uuid[]) with ordinality as item(variant_id, flower_id, ordinal)
    join catalog.variants variant on variant.is_active and variant.id = coalesce(item.variant_id,
      (select id from catalog.variants where product_id = item.flower_id and is_active order by position, id limit 1))
    join catalog.products product on product.id = variant.product_id and product.is_active
    left join catalog.bundle_components component on component.bundle_id = variant.id
    left join lateral (
      select not (own.is_active and whole.is_active) as is_hidden
      from catalog.variants own join catalog.products whole on whole.id = own.product_id where own.id = component.component_id
    ) part on true
    left join catalog.stock on stock.variant_id = coalesce(component.component_id, variant.id)`.execute(db)
  const byOrdinal = Map.groupBy(rows, ({ ordinal }) => ordinal)
  let ordinal = 0
  return requests.map((request) => request.map(() => sellableOf(byOrdinal.get(++ordinal) ?? [])))
})

function sellableOf(rows: readonly Row[]): Sellable | undefined {
  const [row] = rows
  // A bundle without components has no stock row.
  if (!row || rows.some(({ tracked }) => tracked === null)) return undefined
  const { variant_id, product_id, sku, name, title, price, currency, weight_grams } = row
  return {
    line: { variant_id, product_id, sku, title: titleOf(name, title), price, weight_grams },
    currency,
    components: rows.map(({ component_id, per_bundle, tracked, free }) => ({
      variant_id: component_id,
      per_bundle,
      free: tracked ? free : null,
    })),
  }
}
