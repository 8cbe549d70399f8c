import { sql, type RawBuilder } from 'kysely'
import type { Filter, Sort } from './filter.ts'

type Condition = RawBuilder<unknown>

/**
 * Planned anew for its very parameters: which index is right depends on how many products bear a token, and a prepared
 * statement would soon be planned for an average one.
 */
export const replanned = sql.raw('/* replanned */')

/**
 * A limit that the planner cannot see. Seeing it, it counts on finding so many matches soon and walks the table; where
 * filters go together less often than chance would have it (270 ms instead of 2 at 100,000 products) it walks all of it.
 */
export const unsure = (limit: number): Condition => sql`(select ${limit}::bigint)`

/**
 * The rows of `catalog.listings l` that a filter lets through; `except` leaves one group out, for its own facet. Beside
 * other tokens the type is one of them: the index intersects these by itself.
 */
export function conditionOf(filter: Filter, except?: string): Condition {
  const { type, ...untyped } = filter
  const isToken = type !== undefined && filter.groups.some(({ key, tokens }) => key !== except && tokens.length === 1)
  const narrowed = isToken ? { ...untyped, groups: [...filter.groups, { key: 'type', tokens: [`t:${type}`] }] } : filter
  return allOf([...typeOf(narrowed), ...pricesOf(narrowed), ...restOf(narrowed, except)])
}

/** The part of a filter that the index of a sort knows, and the rest of it. */
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
    ...said(words),
  ]
}

/**
 * A half-typed word after others is looked for in what these found (a function and not `@@`, which the index would
 * answer): `te` begins half of all words.
 */
function said(words: readonly string[]): Condition[] {
  if (words.length === 0) return []
  const found =
    words.length === 1
      ? sql`d.search @@ ${searchOf(words)}`
      : sql`d.search @@ ${searchOf(words.slice(0, -1), '')} and ts_match_vq(d.search, ${searchOf(words.slice(-1))})`
  return [sql`l.product_id in (select d.product_id from catalog.documents d where ${found})`]
}

/** Every word in either language, as it stands or by its stem; the last one may be unfinished. */
export function searchOf(words: readonly string[], unfinished = ':*'): Condition {
  const asked = words.map((word, i) => {
    const term = i === words.length - 1 ? `${word}${unfinished}` : word
    return sql`(to_tsquery('simple', ${term}) || to_tsquery('russian', ${term}) || to_tsquery('english', ${term}))`
  })
  return sql`(${sql.join(asked, sql` && `)})`
}
