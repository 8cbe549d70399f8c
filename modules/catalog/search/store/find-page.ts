import { sql } from 'kysely'
import { InvalidPage, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import { conditionOf, documentFits, hiddenLimit, passesRows, replanned } from './conditions.ts'
import { findByRelevance } from './find-by-relevance.ts'
import { counted, type FoundPage, matchesOf } from './found-page.ts'
import { inOrder, isAfter, type ListPart, partOf } from './list-part.ts'
import { findInOrder, scanInOrder } from './scan-in-order.ts'

/** A filtered list reads all rows up to its offset and those between: beyond this offset its pages have cursors only. */
const maxFilteredOffset = 1000

/** A search with more matches is tried in list order. */
const maxFound = 2000

/**
 * Finds the matches of one page and counts. The first rows of the index of the sort are tried; they suffice for a filter
 * with many matches. The few matches of a rare filter are collected and sorted. Throws `InvalidPage`.
 */
export async function findPage(db: CatalogDb, filter: Filter, window: Window): Promise<FoundPage> {
  const { sort } = filter
  if (sort === 'relevance') return await findByRelevance(db, filter, window)
  const isFiltered = passesRows(filter) || filter.words.length > 0
  if (isFiltered && window.offset > maxFilteredOffset) throw new InvalidPage('offset-too-deep')
  const part = partOf(sort, filter, window)
  const scan = { filter, part, isFiltered }
  if (filter.words.length === 0) return (await scanInOrder(db, scan)) ?? (await collect(db, filter, part))
  const few = await collect(db, filter, { ...part, most: maxFound })
  if (few.found <= maxFound) return few
  return (await findInOrder(db, scan, documentFits(filter.words))) ?? (await collect(db, filter, part))
}

/**
 * The CTE hides the order from the planner, which would otherwise scan the whole list for a few matches. With `most`, the page
 * is right unless more than that are `found`.
 */
async function collect(db: CatalogDb, filter: Filter, { most, ...part }: ListPart & Readonly<{ most?: number }>) {
  const { order, window } = part
  const { rows } = await sql<{ found: number; product_id: string | null; key: string }>`
    ${replanned} with matches as materialized (
      select listing.product_id, ${order.by} as key from catalog.listings listing where ${conditionOf(filter)}
      ${most === undefined ? sql`` : sql`limit ${hiddenLimit(most + 1)}`}
    )
    select counted.found, page.product_id, page.key::text as key
    from (select count(*)::int as found from matches) counted left join (
      select product_id, key from matches listing where ${isAfter(part, sql.raw('listing.key'))}
      order by ${inOrder(part)} limit ${window.limit + 1} offset ${window.offset}) page on true`.execute(db)
  const { found = 0 } = rows[0] ?? {}
  return { matches: matchesOf(rows), found, ...counted(found) }
}
