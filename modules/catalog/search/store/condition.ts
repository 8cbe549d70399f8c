import { sql, type RawBuilder } from 'kysely'
import type { Filter, Sort } from '../filter.ts'

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
export function splitFor(sort: Sort, filter: Filter): Readonly<{ leading: Condition; rest?: Condition }> {
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
    ...ranges.map(
      ({ code, from, to }) =>
        sql`(l.numbers -> ${code}::text ->> 0)::numeric <= ${to} and (l.numbers -> ${code}::text ->> 1)::numeric >= ${from}`,
    ),
    ...(in_stock ? [sql`l.in_stock`] : []),
    ...searchConditions(words),
  ]
}

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
export function searchOf(words: readonly string[], unfinished = ':*'): Condition {
  const terms = words.map((word, i) => {
    const term = i === words.length - 1 ? `${word}${unfinished}` : word
    return sql`(to_tsquery('simple', ${term}) || to_tsquery('russian', ${term}) || to_tsquery('english', ${term}))`
  })
  return sql`(${sql.join(terms, sql` && `)})`
}
