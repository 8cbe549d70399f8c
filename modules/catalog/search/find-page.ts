import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Window } from '#platform/outcome'
import type { CatalogTables } from '../tables.ts'
import { conditionOf, replanned, searchOf, splitFor, unsure } from './condition.ts'
import type { Filter, Sort } from './filter.ts'

/** A product's place in a sorted list. */
export type Place = Readonly<{ product_id: string; key: string | number }>

/** Counted no further than this: a shop shows "1000+". */
const countedAtMost = 1000

/** How far a list is walked in its order before its matches are gathered and sorted instead. */
const reach = 1500

type Order = Readonly<{ by: RawBuilder<unknown>; type: string; down: boolean }>

const names = { ru: sql.raw('l.name_ru'), en: sql.raw('l.name_en') }

const orders: Record<Exclude<Sort, 'relevance' | 'name'>, Order> = {
  newest: { by: sql.raw('l.created_at'), type: 'timestamptz', down: true },
  price: { by: sql.raw('l.price'), type: 'bigint', down: false },
  '-price': { by: sql.raw('l.price'), type: 'bigint', down: true },
  popular: { by: sql.raw('l.sold'), type: 'bigint', down: true },
}

/** A stretch of a list in its order. */
type Stretch = Readonly<{
  by: RawBuilder<unknown>
  inOrder: RawBuilder<unknown>
  after: RawBuilder<unknown>
  window: Window
}>

/**
 * One row more than the window: it says that there is a next page. A list that its index knows is walked. Of others the
 * first steps are tried, which suffice where matches are many; else the few that there are are gathered and sorted.
 */
export async function findPlaces(db: Kysely<CatalogTables>, filter: Filter, window: Window): Promise<readonly Place[]> {
  const { sort } = filter
  if (sort === 'relevance') return await byRelevance(db, filter, window)
  const order = sort === 'name' ? { by: names[filter.locale], type: 'text', down: false } : orders[sort]
  const stretch = stretchOf(order, window)
  const { leading, rest } = splitFor(sort, filter)
  if (!rest) return await walk(db, leading, stretch)
  const isNear = filter.words.length === 0 && window.offset + window.limit < reach / 4
  const found = isNear ? await tryWalk(db, { leading, rest }, stretch) : undefined
  return found ?? (await gather(db, filter, stretch))
}

function stretchOf({ by, type, down }: Order, window: Window): Stretch {
  const direction = sql.raw(down ? 'desc' : 'asc')
  const [key, product_id] = window.cursor ?? []
  const after = window.cursor
    ? sql`and (${by}, l.product_id) ${sql.raw(down ? '<' : '>')} (${key}::text::${sql.raw(type)}, ${product_id}::uuid)`
    : sql``
  return { by, inOrder: sql`key ${direction}, product_id ${direction}`, after, window }
}

async function walk(
  db: Kysely<CatalogTables>,
  condition: RawBuilder<unknown>,
  { by, inOrder, after, window }: Stretch,
) {
  const { rows } = await sql<Place>`
    ${replanned} select product_id, key::text as key from (
      select l.product_id, ${by} as key from catalog.listings l where ${condition} ${after}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) found`.execute(db)
  return rows
}

type Split = Readonly<{ leading: RawBuilder<unknown>; rest: RawBuilder<unknown> }>

/** What the first steps find; undefined when they find too little and the list goes on. */
async function tryWalk(db: Kysely<CatalogTables>, { leading, rest }: Split, { by, inOrder, after, window }: Stretch) {
  const { rows } = await sql<{ walked: number; product_id: string | null; key: string }>`
    ${replanned} with walked as materialized (
      select l.product_id, ${by} as key, l.type_code, l.price, l.in_stock, l.tokens, l.numbers
      from catalog.listings l where ${leading} ${after} order by ${inOrder} limit ${reach}
    )
    select (select count(*)::int from walked) as walked, found.product_id, found.key::text as key
    from (values (1)) as one left join (
      select product_id, key from walked l where ${rest}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) found on true`.execute(db)
  const places = rows.flatMap(({ product_id, key }) => (product_id === null ? [] : [{ product_id, key }]))
  const isAll = (rows[0]?.walked ?? 0) < reach
  return isAll || places.length > window.limit ? places : undefined
}

/** The CTE keeps the order from the planner, who would else walk the whole list for a handful of matches. */
async function gather(db: Kysely<CatalogTables>, filter: Filter, { by, inOrder, after, window }: Stretch) {
  const { rows } = await sql<Place>`
    ${replanned} with matches as materialized (
      select l.product_id, ${by} as key from catalog.listings l where ${conditionOf(filter)} ${after}
    )
    select product_id, key::text as key from matches
    order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}`.execute(db)
  return rows
}

/**
 * Ranks the best-selling thousand of the first three thousand matches: a word found everywhere costs no more than a rare
 * one, and whoever gets more than a thousand answers asks again.
 */
async function byRelevance(db: Kysely<CatalogTables>, filter: Filter, window: Window): Promise<readonly Place[]> {
  const offset = window.cursor ? Number(window.cursor[0]) : window.offset
  // A finished word is meant more often than the beginning of a longer one.
  const rank = (unfinished: string) =>
    sql`ts_rank('{0.05, 0.1, 0.4, 1}', document.search, ${searchOf(filter.words, unfinished)})`
  const { rows } = await sql<{ product_id: string }>`
    ${replanned} with found as materialized (
      select l.product_id, l.sold from catalog.listings l where ${conditionOf(filter)} limit ${unsure(countedAtMost * 3)}
    ), matches as (
      select product_id, sold from found order by sold desc, product_id desc limit ${countedAtMost}
    )
    select matches.product_id from matches
    cross join lateral (select search from catalog.documents d where d.product_id = matches.product_id limit 1) document
    order by 2 * ${rank('')} + ${rank(':*')} desc, sold desc, product_id desc
    limit ${window.limit + 1} offset ${offset}`.execute(db)
  return rows.map(({ product_id }, i) => ({ product_id, key: offset + i + 1 }))
}

/** How many there are, up to a thousand. */
export async function countMatches(db: Kysely<CatalogTables>, filter: Filter) {
  const { rows } = await sql<{ total: number }>`
    ${replanned} select count(*)::int as total from (
      select from catalog.listings l where ${conditionOf(filter)} limit ${unsure(countedAtMost + 1)}) matches`.execute(
    db,
  )
  const total = rows[0]?.total ?? 0
  return { total: Math.min(total, countedAtMost), total_capped: total > countedAtMost }
}
