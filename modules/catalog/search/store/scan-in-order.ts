import { sql, type RawBuilder } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import { conditionsInOrder } from './conditions.ts'
import { counted, type FoundPage, matchesOf, maxCounted } from './found-page.ts'
import { inOrder, isAfter, type ListPart } from './list-part.ts'

/** The first rows of a filtered list, whose matches are counted: all rows of a small shop. */
const countedRows = 1500
/** The rows that are scanned for a page before all matches are collected and sorted instead. */
const scannedRows = 5000
/** The same where the index does not cover the condition, so that other tables are read for each row. */
const visitedRows = 1000

type Scan = Readonly<{ filter: Filter; part: ListPart; isFiltered: boolean }>

/**
 * The matches among the first rows of the index of the sort, which has all columns that it decides by. Undefined when they
 * do not fill the page and more rows follow. A page that follows a cursor has the count in its cursor.
 */
export const scanInOrder = async (db: CatalogDb, scan: Scan): Promise<FoundPage | undefined> =>
  (scan.part.window.cursor ? undefined : await countInOrder(db, scan)) ?? (await findInOrder(db, scan))

/**
 * Decides the first rows and counts their matches. `offset 0` makes PostgreSQL decide each row once. The plan is the same for
 * all parameters, so the statement is prepared.
 */
async function countInOrder(db: CatalogDb, { filter, part, isFiltered }: Scan): Promise<FoundPage | undefined> {
  const { order, window } = part
  const { leading, rest } = conditionsInOrder(filter.sort, filter)
  const end = window.offset + window.limit + 1
  const most = !isFiltered ? Math.max(end, maxCounted + 1) : filter.ranges.length > 0 ? visitedRows : countedRows
  const { rows } = await sql<{ scanned: number; found: number; product_id: string | null; key: string }>`
    select scanned, found, page.product_id, page.key::text as key from (
      select count(*)::int as scanned, count(*) filter (where fits)::int as found,
        array_agg(product_id) filter (where fits) as ids, array_agg(key) filter (where fits) as keys
      from (
        select product_id, key, ${rest} as fits from (
          select listing.product_id, ${order.by} as key, ${columnsOf(filter)} from catalog.listings listing
          where ${leading} order by ${inOrder(part)} limit ${sql.lit(most)}) listing offset 0) decided
    ) counted left join unnest(ids[${window.offset + 1}::int : ${end}::int], keys[${window.offset + 1}::int : ${end}::int])
      as page(product_id, key) on true`.execute(db)
  const { scanned = 0, found = 0 } = rows[0] ?? {}
  const isComplete = scanned < most
  if (!isComplete && found < end) return undefined
  return { matches: matchesOf(rows), ...(isComplete ? counted(found) : { ...counted(found), total_capped: true }) }
}

/**
 * Scans as far as the last match of the page, and counts no further. `alsoFits` is a condition on `listing` that other tables
 * decide. Prepared, as above.
 */
export async function findInOrder(
  db: CatalogDb,
  { filter, part, isFiltered }: Scan,
  alsoFits?: RawBuilder<unknown>,
): Promise<FoundPage | undefined> {
  const { order, window } = part
  const { leading, rest } = conditionsInOrder(filter.sort, filter)
  const most = alsoFits || filter.ranges.length > 0 ? visitedRows : scannedRows
  const { rows } = await sql<{ product_id: string; key: string }>`
    select product_id, key::text as key from (
      select listing.product_id, ${order.by} as key, ${columnsOf(filter)} from catalog.listings listing
      where ${leading} and ${isAfter(part, order.by)} order by ${inOrder(part)} limit ${sql.lit(most)}) listing
    where ${rest} and ${alsoFits ?? sql`true`} limit ${window.limit + 1} offset ${window.offset}`.execute(db)
  if (rows.length <= window.limit && isFiltered) return undefined
  const isLast = rows.length <= window.limit
  return { matches: matchesOf(rows), total: window.offset + rows.length, total_capped: !isLast }
}

/** The columns of the index that decide a filter; ranges read the row. */
const columnsOf = ({ ranges }: Filter): RawBuilder<unknown> =>
  sql.raw(`listing.price, listing.in_stock, listing.token_hashes${ranges.length > 0 ? ', listing.numbers' : ''}`)
