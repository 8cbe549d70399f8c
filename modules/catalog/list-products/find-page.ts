import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Cursor, Window } from '#platform/http'
import type { CatalogTables } from '../tables.ts'
import { conditionOf, replanned, searchOf } from './condition.ts'
import type { Filter, Sort } from './filter.ts'

/** A product's place in a sorted list. */
export type Place = Readonly<{ product_id: string; key: string | number }>

/** Counted no further than this: a shop shows "1000+". */
const countedAtMost = 1000

const byName = { ru: sql.raw('l.name_ru'), en: sql.raw('l.name_en') }

const orders: Record<Exclude<Sort, 'relevance' | 'name'>, { by: RawBuilder<unknown>; type: string; down: boolean }> = {
  newest: { by: sql.raw('l.created_at'), type: 'timestamptz', down: true },
  price: { by: sql.raw('l.price'), type: 'bigint', down: false },
  '-price': { by: sql.raw('l.price'), type: 'bigint', down: true },
  popular: { by: sql.raw('l.sold'), type: 'bigint', down: true },
}

/** One row more than the window: it says that there is a next page. */
export async function findPlaces(db: Kysely<CatalogTables>, filter: Filter, window: Window): Promise<readonly Place[]> {
  if (filter.sort === 'relevance') return await byRelevance(db, filter, window)
  const { by, type, down } =
    filter.sort === 'name' ? { by: byName[filter.locale], type: 'text', down: false } : orders[filter.sort]
  const direction = sql.raw(down ? 'desc' : 'asc')
  const { rows } = await sql<Place>`
    ${replanned} select l.product_id, ${by}::text as key from catalog.listings l
    where ${conditionOf(filter)} ${after(window.cursor, { by, type, down })}
    order by ${by} ${direction}, l.product_id ${direction}
    limit ${window.limit + 1} offset ${window.offset}`.execute(db)
  return rows
}

function after(
  cursor: Cursor | undefined,
  { by, type, down }: { by: RawBuilder<unknown>; type: string; down: boolean },
) {
  if (!cursor) return sql``
  const [key, product_id] = cursor
  return sql`and (${by}, l.product_id) ${sql.raw(down ? '<' : '>')} (${key}::text::${sql.raw(type)}, ${product_id}::uuid)`
}

/** Ranks the best-selling thousand matches, so that a word found everywhere costs no more than a rare one. */
async function byRelevance(db: Kysely<CatalogTables>, filter: Filter, window: Window): Promise<readonly Place[]> {
  const offset = window.cursor ? Number(window.cursor[0]) : window.offset
  // A finished word is meant more often than the beginning of a longer one.
  const rank = (unfinished: string) =>
    sql`ts_rank('{0.05, 0.1, 0.4, 1}', search, ${searchOf(filter.words, unfinished)})`
  const { rows } = await sql<{ product_id: string }>`
    ${replanned} with matches as (
      select l.product_id, l.sold, l.search from catalog.listings l
      where ${conditionOf(filter)} order by l.sold desc, l.product_id desc limit ${countedAtMost}
    )
    select product_id from matches
    order by 2 * ${rank('')} + ${rank(':*')} desc, sold desc, product_id desc
    limit ${window.limit + 1} offset ${offset}`.execute(db)
  return rows.map(({ product_id }, i) => ({ product_id, key: offset + i + 1 }))
}

/** How many there are, up to a thousand. */
export async function countMatches(db: Kysely<CatalogTables>, filter: Filter) {
  const { rows } = await sql<{ total: number }>`
    ${replanned} select count(*)::int as total from (
      select from catalog.listings l where ${conditionOf(filter)} limit ${countedAtMost + 1}) matches`.execute(db)
  const total = rows[0]?.total ?? 0
  return { total: Math.min(total, countedAtMost), total_capped: total > countedAtMost }
}
