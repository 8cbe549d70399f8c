import { sql, type RawBuilder } from 'kysely'
import type { Window } from '#platform/outcome'
import type { Filter } from '../filter.ts'
import type { Sort } from '../schema.ts'

/** A sort by a column that an index has, and by the product id where the column is equal. */
type Order = Readonly<{
  by: RawBuilder<unknown>
  type: RawBuilder<unknown>
  /** Follows a key that is no column. */
  collation: RawBuilder<unknown>
  direction: RawBuilder<unknown>
  /** The operator of a row that comes after another. */
  after: RawBuilder<unknown>
  /** A key that comes before those of all rows. */
  start: string
}>

/** The part of a sorted list that a page shows: the rows after the one with this key and product id. */
export type ListPart = Readonly<{
  order: Order
  from: Readonly<{ key: string; product_id: string }>
  window: Window
}>

const column = (name: string, type: string) => ({
  by: sql.raw(`listing.${name}`),
  type: sql.raw(type),
  collation: sql.raw(type === 'text' ? 'collate "und-x-icu"' : ''),
})
const ascending = (start: string) => ({ direction: sql.raw('asc'), after: sql.raw('>'), start })
const descending = (start: string) => ({ direction: sql.raw('desc'), after: sql.raw('<'), start })

const names = {
  ru: { ...column('name_ru', 'text'), ...ascending('') },
  en: { ...column('name_en', 'text'), ...ascending('') },
}
const maxBigint = '9223372036854775807'
const orders: Record<Exclude<Sort, 'relevance' | 'name'>, Order> = {
  newest: { ...column('created_at', 'timestamptz'), ...descending('infinity') },
  price: { ...column('price', 'bigint'), ...ascending('-1') },
  '-price': { ...column('price', 'bigint'), ...descending(maxBigint) },
  popular: { ...column('sold', 'bigint'), ...descending(maxBigint) },
}
const firstId = '00000000-0000-0000-0000-000000000000'

export function partOf(sort: Exclude<Sort, 'relevance'>, { locale }: Filter, window: Window): ListPart {
  const order = sort === 'name' ? names[locale] : orders[sort]
  const [key, product_id] = window.cursor ?? [order.start, firstId]
  return { order, from: { key: String(key), product_id: String(product_id) }, window }
}

/** The order of rows that have `key` and `product_id`. */
export const inOrder = ({ order: { direction } }: ListPart): RawBuilder<unknown> =>
  sql`key ${direction}, product_id ${direction}`

/** The condition that the row with this key comes after the first row of the part. */
export const isAfter = ({ order: { after, type }, from }: ListPart, key: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(${key}, listing.product_id) ${after} (${from.key}::text::${type}, ${from.product_id}::uuid)`
