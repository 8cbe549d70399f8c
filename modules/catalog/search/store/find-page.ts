import { sql, type RawBuilder } from 'kysely'
import type { Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import type { Sort } from '../schema.ts'

/** A product that matches a filter, with its sort key. */
export type Match = Readonly<{ product_id: string; key: string | number }>

/** Counts stop here: a shop shows "1000+". */
const maxCounted = 1000

/** The rows that are scanned in list order before all matches are collected and sorted instead. */
const maxScanned = 1500

type Order = Readonly<{ by: RawBuilder<unknown>; type: string; down: boolean }>

const names = { ru: sql.raw('l.name_ru'), en: sql.raw('l.name_en') }

const orders: Record<Exclude<Sort, 'relevance' | 'name'>, Order> = {
  newest: { by: sql.raw('l.created_at'), type: 'timestamptz', down: true },
  price: { by: sql.raw('l.price'), type: 'bigint', down: false },
  '-price': { by: sql.raw('l.price'), type: 'bigint', down: true },
  popular: { by: sql.raw('l.sold'), type: 'bigint', down: true },
}

/** The part of a sorted list that a page shows. */
type ListPart = Readonly<{
  by: RawBuilder<unknown>
  inOrder: RawBuilder<unknown>
  /** The condition that a row comes after the cursor; `key` is the sort key of the row. */
  after: (key: RawBuilder<unknown>) => RawBuilder<unknown>
  window: Window
}>

/**
 * Finds the matches of one page, and one more that shows that a next page exists; and counts all matches up to a thousand.
 * When there are no more, the counted matches contain those of the page, and one statement finds both.
 */
export async function findAndCount(db: CatalogDb, filter: Filter, window: Window) {
  const { sort } = filter
  if (sort === 'relevance') {
    const [matches, { total }] = await Promise.all([byRelevance(db, filter, window), countMatches(db, filter)])
    return { matches, ...capped(total) }
  }
  const { total, matches } = await countAndSort(db, filter, partOf(orderOf(sort, filter), window))
  return { matches: total > maxCounted ? await findPage(db, filter, window) : matches, ...capped(total) }
}

/**
 * Finds the matches of one page, and one more that shows that a next page exists. When the index of the sort covers the
 * filter, the index is scanned. Otherwise its first rows are tried, which suffice for a filter with many matches; the few
 * matches of a rare filter are collected and sorted.
 */
export async function findPage(db: CatalogDb, filter: Filter, window: Window): Promise<readonly Match[]> {
  const { sort } = filter
  if (sort === 'relevance') return await byRelevance(db, filter, window)
  const part = partOf(orderOf(sort, filter), window)
  const { leading, rest } = splitFor(sort, filter)
  if (!rest) return await scan(db, leading, part)
  const isNearStart = filter.words.length === 0 && window.offset + window.limit < maxScanned / 4
  const found = isNearStart ? await tryScan(db, { leading, rest }, part) : undefined
  return found ?? (await collect(db, filter, part))
}

const orderOf = (sort: Exclude<Sort, 'relevance'>, { locale }: Filter): Order =>
  sort === 'name' ? { by: names[locale], type: 'text', down: false } : orders[sort]

function partOf({ by, type, down }: Order, window: Window): ListPart {
  const direction = sql.raw(down ? 'desc' : 'asc')
  const [key, product_id] = window.cursor ?? []
  const after = (rowKey: RawBuilder<unknown>) =>
    window.cursor
      ? sql`and (${rowKey}, l.product_id) ${sql.raw(down ? '<' : '>')} (${key}::text::${sql.raw(type)}, ${product_id}::uuid)`
      : sql``
  return { by, inOrder: sql`key ${direction}, product_id ${direction}`, after, window }
}

async function scan(db: CatalogDb, condition: RawBuilder<unknown>, { by, inOrder, after, window }: ListPart) {
  const { rows } = await sql<Match>`
    ${replanned} select product_id, key::text as key from (
      select l.product_id, ${by} as key from catalog.listings l where ${condition} ${after(by)}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) found`.execute(db)
  return rows
}

type Split = Readonly<{ leading: RawBuilder<unknown>; rest: RawBuilder<unknown> }>

/** The matches among the first rows; undefined when they do not fill the page and more rows follow. */
async function tryScan(db: CatalogDb, { leading, rest }: Split, { by, inOrder, after, window }: ListPart) {
  const { rows } = await sql<{ scanned: number; product_id: string | null; key: string }>`
    ${replanned} with scanned as materialized (
      select l.product_id, ${by} as key, l.type_code, l.price, l.in_stock, l.tokens, l.numbers
      from catalog.listings l where ${leading} ${after(by)} order by ${inOrder} limit ${maxScanned}
    )
    select (select count(*)::int from scanned) as scanned, found.product_id, found.key::text as key
    from (values (1)) as one left join (
      select product_id, key from scanned l where ${rest}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) found on true`.execute(db)
  const matches = rows.flatMap(({ product_id, key }) => (product_id === null ? [] : [{ product_id, key }]))
  const isWholeList = (rows[0]?.scanned ?? 0) < maxScanned
  return isWholeList || matches.length > window.limit ? matches : undefined
}

/** The CTE hides the order from the planner, which would otherwise scan the whole list for a few matches. */
async function collect(db: CatalogDb, filter: Filter, { by, inOrder, after, window }: ListPart) {
  const { rows } = await sql<Match>`
    ${replanned} with matches as materialized (
      select l.product_id, ${by} as key from catalog.listings l where ${conditionOf(filter)} ${after(by)}
    )
    select product_id, key::text as key from (
      select product_id, key from matches
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) found`.execute(db)
  return rows
}

/**
 * Ranks the best-selling thousand of the first three thousand matches, so that a frequent word costs no more than a rare
 * one. A buyer with more than a thousand matches adds a word.
 */
async function byRelevance(db: CatalogDb, filter: Filter, window: Window): Promise<readonly Match[]> {
  const offset = window.cursor ? Number(window.cursor[0]) : window.offset
  // A whole word is a better match than the beginning of a longer one.
  const rank = (unfinished: string) =>
    sql`ts_rank('{0.05, 0.1, 0.4, 1}', document.search, ${searchOf(filter.words, unfinished)})`
  const { rows } = await sql<{ product_id: string }>`
    ${replanned} with found as materialized (
      select l.product_id, l.sold from catalog.listings l where ${conditionOf(filter)} limit ${hiddenLimit(maxCounted * 3)}
    ), matches as (
      select product_id, sold from found order by sold desc, product_id desc limit ${maxCounted}
    )
    select matches.product_id from matches
    cross join lateral (select search from catalog.documents d where d.product_id = matches.product_id limit 1) document
    order by 2 * ${rank('')} + ${rank(':*')} desc, sold desc, product_id desc
    limit ${window.limit + 1} offset ${offset}`.execute(db)
  return rows.map(({ product_id }, i) => ({ product_id, key: offset + i + 1 }))
}

/** The number of matches, up to a thousand and one. */
async function countMatches(db: CatalogDb, filter: Filter): Promise<{ total: number }> {
  const { rows } = await sql<{ total: number }>`
    ${replanned} select count(*)::int as total from (
      select from catalog.listings l where ${conditionOf(filter)} limit ${hiddenLimit(maxCounted + 1)}) matches`.execute(
    db,
  )
  return { total: rows[0]?.total ?? 0 }
}

/** The number of matches, up to a thousand and one, and those of the page if there are no more than a thousand. */
async function countAndSort(db: CatalogDb, filter: Filter, { by, inOrder, after, window }: ListPart) {
  const { rows } = await sql<{ total: number; product_id: string | null; key: string }>`
    ${replanned} with matches as materialized (
      select l.product_id, ${by} as key from catalog.listings l where ${conditionOf(filter)}
      limit ${hiddenLimit(maxCounted + 1)}
    ), counted as (select count(*)::int as total from matches)
    select counted.total, page.product_id, page.key::text as key from counted left join (
      select product_id, key from matches l where (select total from counted) <= ${maxCounted} ${after(sql.raw('l.key'))}
      order by ${inOrder} limit ${window.limit + 1} offset ${window.offset}) page on true`.execute(db)
  const matches = rows.flatMap(({ product_id, key }) => (product_id === null ? [] : [{ product_id, key }]))
  return { total: rows[0]?.total ?? 0, matches }
}

const capped = (total: number) => ({ total: Math.min(total, maxCounted), total_capped: total > maxCounted })

type Condition = RawBuilder<unknown>

/**
 * PostgreSQL plans a statement with this mark for its parameters every time. The right index depends on how many products
 * have a token; the generic plan of a prepared statement assumes an average token.
 */
export const replanned = sql.raw('/* replanned */')

/**
 * A limit that the planner cannot see. With a visible limit the planner expects to find enough matches soon and scans the
 * table. Filters that rarely match together make it scan the whole table: 270 ms instead of 2 at 100,000 products.
 */
export const hiddenLimit = (limit: number): Condition => sql`(select ${limit}::bigint)`

/**
 * The condition on `catalog.listings l`; `except` leaves one group out, for its own facet. With other tokens the type is
 * a token too, because the GIN index intersects tokens itself.
 */
export function conditionOf(filter: Filter, except?: string): Condition {
  const { type, ...untyped } = filter
  const typeIsToken =
    type !== undefined && filter.groups.some(({ key, tokens }) => key !== except && tokens.length === 1)
  const rewritten = typeIsToken
    ? { ...untyped, groups: [...filter.groups, { key: 'type', tokens: [`t:${type}`] }] }
    : filter
  return allOf([...typeOf(rewritten), ...pricesOf(rewritten), ...restOf(rewritten, except)])
}

/** The part of a filter that the index of the sort covers, and the rest. */
function splitFor(sort: Sort, filter: Filter): Readonly<{ leading: Condition; rest?: Condition }> {
  const leading = [...(sort === 'name' ? [] : typeOf(filter)), ...(isPrice(sort) ? pricesOf(filter) : [])]
  const rest = [
    ...(sort === 'name' ? typeOf(filter) : []),
    ...(isPrice(sort) ? [] : pricesOf(filter)),
    ...restOf(filter),
  ]
  return { leading: allOf(leading), ...(rest.length > 0 && { rest: allOf(rest) }) }
}

const isPrice = (sort: Sort) => sort === 'price' || sort === '-price'

const allOf = (parts: readonly Condition[]): Condition =>
  parts.length === 0 ? sql`true` : sql.join([...parts], sql` and `)

const typeOf = ({ type }: Filter): Condition[] => (type === undefined ? [] : [sql`l.type_code = ${type}`])

const pricesOf = ({ price_min, price_max }: Filter): Condition[] => [
  ...(price_min === undefined ? [] : [sql`l.price >= ${price_min}`]),
  ...(price_max === undefined ? [] : [sql`l.price <= ${price_max}`]),
]

function restOf({ groups, ranges, in_stock, words }: Filter, except?: string): Condition[] {
  const all = groups.filter(({ key, tokens }) => key !== except && tokens.length === 1)
  const any = groups.filter(({ key, tokens }) => key !== except && tokens.length > 1)
  return [
    ...(all.length > 0 ? [sql`l.tokens @> ${all.flatMap(({ tokens }) => tokens)}::text[]`] : []),
    ...any.map(({ tokens }) => sql`l.tokens && ${tokens}::text[]`),
    ...ranges.map(({ code, spans }) => sql`(${sql.join(spans.map(overlapOf(code)), sql` or `)})`),
    ...(in_stock ? [sql`l.in_stock`] : []),
    ...searchConditions(words),
  ]
}

const overlapOf =
  (code: string) =>
  ({ from, to }: Readonly<{ from: number; to: number }>): Condition =>
    sql`((l.numbers -> ${code}::text ->> 0)::numeric <= ${to} and (l.numbers -> ${code}::text ->> 1)::numeric >= ${from})`

/**
 * The last word may be half typed: `te` begins half of all words. After other words it is checked only on the matches of
 * these, by a function because the index would answer `@@`.
 */
function searchConditions(words: readonly string[]): Condition[] {
  if (words.length === 0) return []
  const condition =
    words.length === 1
      ? sql`d.search @@ ${searchOf(words)}`
      : sql`d.search @@ ${searchOf(words.slice(0, -1), '')} and ts_match_vq(d.search, ${searchOf(words.slice(-1))})`
  return [sql`l.product_id in (select d.product_id from catalog.documents d where ${condition})`]
}

/** Matches every word in either language, unchanged or by its stem. `unfinished` follows the last word. */
const searchOf = (words: readonly string[], unfinished = ':*'): Condition =>
  sql`catalog.search_of(${words}::text[], ${unfinished}::text)`
