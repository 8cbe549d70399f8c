import { sql, type RawBuilder } from 'kysely'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import { conditionsInOrder } from './conditions.ts'
import { counted, type FoundPage, matchesOf, maxCounted } from './found-page.ts'
import { inOrder, type ListPart } from './list-part.ts'

/** The rows of a filtered list that are decided at once. */
const chunk = 500
/** The chunks whose matches a first page counts. The other pages have the count in their cursor. */
const countedChunks = 3
/** The chunks that are scanned before all matches are collected and sorted instead. */
const maxChunks = 10
/** The same where the index does not cover the filter, so that each row is read from the table. */
const maxVisitedChunks = 2

/**
 * The matches among the first rows of the index of the sort, which has all columns that it decides by. Chunks of rows are
 * decided until the page is full. Undefined when it is not full and more rows follow. `offset 0` makes PostgreSQL decide each
 * row once. The plan is the same for all parameters, so the statement is prepared.
 */
export async function scanInOrder(
  db: CatalogDb,
  filter: Filter,
  part: ListPart & Readonly<{ isFiltered: boolean }>,
): Promise<FoundPage | undefined> {
  const { order, from, window, isFiltered } = part
  const { leading, rest } = conditionsInOrder(filter.sort, filter)
  const end = window.offset + window.limit + 1
  const isRanged = filter.ranges.length > 0
  const size = sql.lit(isFiltered ? chunk : Math.max(end, maxCounted + 1))
  const least = sql.lit(isFiltered && !window.cursor ? countedChunks : 1)
  const most = sql.lit(isFiltered ? (isRanged ? maxVisitedChunks : maxChunks) : 1)
  const lastOf = (name: string, type: RawBuilder<unknown>) =>
    isFiltered ? sql`(array_agg(${sql.raw(name)}))[count(*)]` : sql`null::${type}`
  const columns = sql.raw(`listing.price, listing.in_stock, listing.token_hashes${isRanged ? ', listing.numbers' : ''}`)
  const { rows } = await sql<{ found: number; is_complete: boolean; product_id: string | null; key: string }>`
    with recursive chunks as (
      select 0 as number, ${size} as scanned, 0 as found, '{}'::uuid[] as ids,
        '{}'::${order.type}[] ${order.collation} as keys, ${from.key}::text::${order.type} ${order.collation} as last_key,
        ${from.product_id}::uuid as last_id
      union all
      select number + 1, next.scanned, chunks.found + next.found, next.ids, next.keys, next.last_key, next.last_id
      from chunks cross join lateral (
        select count(*)::int as scanned, count(*) filter (where fits)::int as found,
          array_agg(product_id) filter (where fits) as ids, array_agg(key) filter (where fits) as keys,
          ${lastOf('key', order.type)} as last_key, ${lastOf('product_id', sql`uuid`)} as last_id
        from (
          select product_id, key, ${rest} as fits from (
            select listing.product_id, ${order.by} as key, ${columns} from catalog.listings listing
            where ${leading} and (${order.by}, listing.product_id) ${order.after} (chunks.last_key, chunks.last_id)
            order by ${inOrder(part)} limit ${size}) listing offset 0) decided
      ) next
      where chunks.scanned = ${size} and number < ${most} and (number < ${least} or chunks.found < ${end}::int)
    )
    select last.found, last.scanned < ${size} as is_complete, page.product_id, page.key::text as key
    from (select found, scanned from chunks order by number desc limit 1) last left join (
      select match.product_id, match.key, number, position
      from (select *, found - cardinality(ids) as before from chunks) chunks cross join unnest(
        ids[${window.offset + 1}::int - before : ${end}::int - before],
        keys[${window.offset + 1}::int - before : ${end}::int - before]) with ordinality as match(product_id, key, position)
      order by number, position) page on true`.execute(db)
  const { found = 0, is_complete = true } = rows[0] ?? {}
  if (!is_complete && found < end) return undefined
  return { matches: matchesOf(rows), ...(is_complete ? counted(found) : { ...counted(found), total_capped: true }) }
}
