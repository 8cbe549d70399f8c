import { sql } from 'kysely'
import type { Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import { conditionOf, hasWords, hiddenLimit, replanned, searchOf } from './conditions.ts'
import { counted, type FoundPage, maxCounted } from './found-page.ts'

/**
 * Ranks the first thousand matches, so that a frequent word costs no more than a rare one. A buyer with more than a thousand
 * matches adds a word.
 */
export async function findByRelevance(db: CatalogDb, filter: Filter, window: Window): Promise<FoundPage> {
  const offset = window.cursor ? Number(window.cursor[0]) : window.offset
  // A whole word is a better match than the beginning of a longer one.
  const rank = (unfinished: string) =>
    sql`ts_rank('{0.05, 0.1, 0.4, 1}', document.search, ${searchOf(filter.words, unfinished)})`
  const { rows } = await sql<{ total: number; product_id: string | null }>`
    ${replanned} with found as materialized (
      select listing.product_id, listing.sold, 2 * ${rank('')} + ${rank(':*')} as rank
      from catalog.documents document join catalog.listings listing on listing.product_id = document.product_id
      where ${hasWords(filter.words)} and ${conditionOf({ ...filter, words: [] })} limit ${hiddenLimit(maxCounted + 1)}
    )
    select counted.total, page.product_id from (select count(*)::int as total from found) counted left join (
      select product_id from found order by rank desc, sold desc, product_id desc
      limit ${window.limit + 1} offset ${offset}) page on true`.execute(db)
  const { total = 0 } = rows[0] ?? {}
  const ids = rows.flatMap(({ product_id }) => (product_id === null ? [] : [product_id]))
  return {
    matches: ids.map((product_id, i) => ({ product_id, key: offset + i + 1 })),
    ...counted(total),
  }
}
