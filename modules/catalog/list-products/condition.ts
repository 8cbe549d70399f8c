import { sql, type RawBuilder } from 'kysely'
import type { Filter } from './filter.ts'

/**
 * Planned anew for its very parameters: which index is right depends on how many products bear a token, and a prepared
 * statement would soon be planned for an average one.
 */
export const replanned = sql.raw('/* replanned */')

/** The rows of `catalog.listings l` that a filter lets through; `except` leaves one group out, for its own facet. */
export function conditionOf(filter: Filter, except?: string): RawBuilder<unknown> {
  const all = filter.groups.filter(({ key, tokens }) => key !== except && tokens.length === 1)
  const any = filter.groups.filter(({ key, tokens }) => key !== except && tokens.length > 1)
  const parts = [
    ...(filter.type !== undefined ? [sql`l.type_code = ${filter.type}`] : []),
    ...(all.length > 0 ? [sql`l.tokens @> ${all.flatMap(({ tokens }) => tokens)}::text[]`] : []),
    ...any.map(({ tokens }) => sql`l.tokens && ${tokens}::text[]`),
    ...filter.ranges.map(
      ({ code, from, to }) =>
        sql`(l.numbers -> ${code}::text ->> 0)::numeric <= ${to} and (l.numbers -> ${code}::text ->> 1)::numeric >= ${from}`,
    ),
    ...(filter.price_min !== undefined ? [sql`l.price >= ${filter.price_min}`] : []),
    ...(filter.price_max !== undefined ? [sql`l.price <= ${filter.price_max}`] : []),
    ...(filter.in_stock ? [sql`l.in_stock`] : []),
    ...(filter.words.length > 0 ? [sql`l.search @@ ${searchOf(filter.words)}`] : []),
  ]
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `)
}

/** Every word in either language, as it stands or by its stem; the last one may be unfinished. */
export function searchOf(words: readonly string[], unfinished = ':*'): RawBuilder<unknown> {
  const asked = words.map((word, i) => {
    const term = i === words.length - 1 ? `${word}${unfinished}` : word
    return sql`(to_tsquery('simple', ${term}) || to_tsquery('russian', ${term}) || to_tsquery('english', ${term}))`
  })
  return sql`(${sql.join(asked, sql` && `)})`
}
