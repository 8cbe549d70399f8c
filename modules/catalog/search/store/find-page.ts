import { sql, type RawBuilder } from 'kysely'
import { InvalidPage, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import type { Sort } from '../schema.ts'
import { conditionOf, conditionsInOrder, hiddenLimit, passesRows, replanned, searchOf } from './conditions.ts'
import { findByRelevance } from './find-by-relevance.ts'
import { counted, type FoundPage, type Match, maxCounted } from './found-page.ts'

/** A filtered list reads all rows up to its offset and those between: beyond this offset its pages have cursors only. */
const maxFilteredOffset = 1000

/** The rows that are scanned in list order before all matches are collected and sorted instead. */
const maxScanned = 5000
/** The same where the index does not cover the filter, so that each row is read from the table. */
const maxVisited = 1000
/** A search with more matches is tried in list order. */
const maxFound = 2000

type Order = Readonly<{ by: RawBuilder<unknown>; type: string; down: boolean }>

const names = { ru: sql.raw('listing.name_ru'), en: sql.raw('listing.name_en') }

const orders: Record<Exclude<Sort, 'relevance' | 'name'>, Order> = {
  newest: { by: sql.raw('listing.created_at'), type: 'timestamptz', down: true },
  price: { by: sql.raw('listing.price'), type: 'bigint', down: false },
  '-price': { by: sql.raw('listing.price'), type: 'bigint', down: true },
  popular: { by: sql.raw('listing.sold'), type: 'bigint', down: true },
}

/** The part of a sorted list that a page shows. */
type ListPart = Readonly<{
  by: RawBuilder<unknown>
  inOrder: RawBuilder<unknown>
  type: string
  /** The condition that a row comes after the cursor; `key` is the sort key of the row. */
  after: (key: RawBuilder<unknown>) => RawBuilder<unknown>
  window: Window
}>

/**
 * Finds the matches of one page and counts. The first rows of the index of the sort are tried; they suffice for a filter
 * with many matches. The few matches of a rare filter are collected and sorted. Throws `InvalidPage`.
 */
export async function findPage(db: CatalogDb, filter: Filter, window: Window): Promise<FoundPage> {
  const { sort } = filter
  if (sort === 'relevance') return await findByRelevance(db, filter, window)
  const isFiltered = passesRows(filter) || filter.words.length > 0
  if (isFiltered && window.offset > maxFilteredOffset) throw new InvalidPage('offset-too-deep')
  const part = partOf(orderOf(sort, filter), window)
  if (filter.words.length === 0)
    return (await scanInOrder(db, filter, { ...part, isFiltered })) ?? (await collect(db, filter, part))
  const few = await collect(db, filter, { ...part, most: maxFound })
  if (few.found <= maxFound) return few
  return (await searchInOrder(db, filter, part)) ?? (await collect(db, filter, part))
}

const orderOf = (sort: Exclude<Sort, 'relevance'>, { locale }: Filter): Order =>
  sort === 'name' ? { by: names[locale], type: 'text', down: false } : orders[sort]

function partOf({ by, type, down }: Order, window: Window): ListPart {
  const direction = sql.raw(down ? 'desc' : 'asc')
  const [key, product_id] = window.cursor ?? []
  const after = (rowKey: RawBuilder<unknown>) =>
    window.cursor
      ? sql`and (${rowKey}, listing.product_id) ${sql.raw(down ? '<' : '>')} (${key}::text::${sql.raw(type)}, ${product_id}::uuid)`
      : sql``
  return { by, inOrder: sql`key ${direction}, product_id ${direction}`, type, after, window }
}

/**
 * The matches among the first rows of the index of the sort, which has all columns that it decides by. Undefined when they
 * do not fill the page and more rows follow. `offset 0` makes PostgreSQL decide each row once. The plan is the same for all
 * parameters, so the statement is prepared.
 */
async function scanInOrder(db: CatalogDb, filter: Filter, part: ListPart & Readonly<{ isFiltered: boolean }>) {
  const { by, inOrder, after, window, isFiltered } = part
  const { leading, rest } = conditionsInOrder(filter.sort, filter)
  const ranged = filter.ranges.length > 0
  const end = window.offset + window.limit + 1
  const most = isFiltered ? (ranged ? maxVisited : maxScanned) : Math.max(end, maxCounted + 1)
  const columns = ranged
    ? sql`listing.price, listing.in_stock, listing.token_hashes, listing.numbers`
    : sql`listing.price, listing.in_stock, listing.token_hashes`
  const { rows } = await sql<{ scanned: number; found: number; product_id: string | null; key: string }>`
    select scanned, found, page.product_id, page.key::text as key from (
      select count(*)::int as scanned, count(*) filter (where fits)::int as found,
        array_agg(product_id) filter (where fits) as ids, array_agg(key) filter (where fits) as keys
      from (
        select product_id, key, ${rest} as fits from (
          select listing.product_id, ${by} as key, ${columns} from catalog.listings listing
          where ${leading} ${after(by)} order by ${inOrder} limit ${sql.lit(most)}) listing offset 0) decided
    ) counted left join unnest(ids[${window.offset + 1}::int : ${end}::int], keys[${window.offset + 1}::int : ${end}::int])
      as page(product_id, key) on true`.execute(db)
  const { scanned = 0, found = 0 } = rows[0] ?? {}
  const isComplete = scanned < most
  if (!isComplete && found < end) return undefined
  return { matches: matchesOf(rows), ...(isComplete ? counted(found) : { ...counted(found), total_capped: true }) }
}

/** The same for words, which the documents have: it ends with the last match of the page, and counts no further. */
async function searchInOrder(db: CatalogDb, filter: Filter, { by, inOrder, after, window }: ListPart) {
  const { leading, rest } = conditionsInOrder(filter.sort, filter)
  const { rows } = await sql<{ product_id: string; key: string }>`
    ${replanned} select product_id, key::text as key from (
      select listing.product_id, ${by} as key, listing.price, listing.in_stock, listing.token_hashes, listing.numbers from catalog.listings listing
      where ${leading} ${after(by)} order by ${inOrder} limit ${sql.lit(maxVisited)}) listing
    where ${rest} and (select ts_match_vq(document.search, ${searchOf(filter.words)}) from catalog.documents document
      where document.product_id = listing.product_id)
    limit ${window.limit + 1} offset ${window.offset}`.execute(db)
  if (rows.length <= window.limit) return undefined
  return { matches: matchesOf(rows), total: window.offset + rows.length, total_capped: true }
}

/**
 * The CTE hides the order from the planner, which would otherwise scan the whole list for a few matches. With `most`, the page
 * is right unless more than that are `found`.
 */
async function collect(db: CatalogDb, filter: Filter, { most, ...part }: ListPart & Readonly<{ most?: number }>) {
  const { by, inOrder, after, window } = part
  const { rows } = await sql<{ found: number; product_id: string | null; key: string }>`
    ${replanned} with matches as materialized (
      select listing.product_id, ${by} as key from catalog.listings listing where ${conditionOf(filter)}
      ${most === undefined ? sql`` : sql`limit ${hiddenLimit(most + 1)}`}
    )
    select counted.found, page.product_id, page.key::text as key
    from (select count(*)::int as found from matches) counted left join (
      select product_id, key from matches listing where true ${after(sql.raw('listing.key'))}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) page on true`.execute(db)
  const { found = 0 } = rows[0] ?? {}
  return { matches: matchesOf(rows), found, ...counted(found) }
}

const matchesOf = (rows: readonly Readonly<{ product_id: string | null; key: string }>[]): readonly Match[] =>
  rows.flatMap(({ product_id, key }) => (product_id === null ? [] : [{ product_id, key }]))
