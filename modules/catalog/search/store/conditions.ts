import { sql, type RawBuilder } from 'kysely'
import type { Filter } from '../filter.ts'
import type { Sort } from '../schema.ts'

export type Condition = RawBuilder<unknown>

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
 * The condition on `catalog.listings listing`; `except` leaves one group out, for its own facet. The type is a token too. Beside
 * one other token the GIN index intersects both; beside several it is a filter of their few rows, because the intersection
 * costs as much as its most frequent token: 40 ms instead of 11 for a type of 600,000 products and two attributes.
 */
export function conditionOf(filter: Filter, except?: string): Condition {
  const { type, ...untyped } = filter
  const others = filter.groups.filter(({ key, tokens }) => key !== except && tokens.length === 1).length
  const rewritten =
    type !== undefined && others < 2
      ? { ...untyped, groups: [...filter.groups, { key: 'type', tokens: [`t:${type}`] }] }
      : filter
  return allOf([
    ...typeOf(rewritten),
    ...pricesOf(rewritten),
    ...restOf(rewritten, { except, has: hasTokens }),
    ...searchOfWords(filter.words),
  ])
}

/** The condition that the index of a sort finds the rows of, and the condition that its columns decide for each row. */
export function conditionsInOrder(sort: Sort, filter: Filter): Readonly<{ leading: Condition; rest: Condition }> {
  const { type, ...untyped } = filter
  const groups = [...filter.groups, ...(type === undefined ? [] : [{ key: 'type', tokens: [`t:${type}`] }])]
  const byPrice = sort === 'price' || sort === '-price'
  const rest = [...(byPrice ? [] : pricesOf(filter)), ...restOf({ ...untyped, groups }, { has: hasHashes })]
  return { leading: allOf(byPrice ? pricesOf(filter) : []), rest: allOf(rest) }
}

/** True when a list leaves out rows that the index of its sort has to pass. */
export const passesRows = ({ sort, type, groups, ranges, in_stock, price_min, price_max }: Filter): boolean =>
  type !== undefined ||
  groups.length > 0 ||
  ranges.length > 0 ||
  in_stock ||
  (sort !== 'price' && sort !== '-price' && (price_min !== undefined || price_max !== undefined))

const allOf = (parts: readonly Condition[]): Condition =>
  parts.length === 0 ? sql`true` : sql.join([...parts], sql` and `)

const typeOf = ({ type }: Filter): Condition[] => (type === undefined ? [] : [sql`listing.type_code = ${type}`])

const pricesOf = ({ price_min, price_max }: Filter): Condition[] => [
  ...(price_min === undefined ? [] : [sql`listing.price >= ${price_min}`]),
  ...(price_max === undefined ? [] : [sql`listing.price <= ${price_max}`]),
]

type Restrictions = Pick<Filter, 'groups' | 'ranges' | 'in_stock'>

/** A condition on the tokens of a listing: it has all of them, or any. */
type TokensCondition = (operator: '@>' | '&&', tokens: readonly string[]) => Condition

function restOf(
  { groups, ranges, in_stock }: Restrictions,
  { except, has }: { except?: string | undefined; has: TokensCondition },
) {
  const all = groups.filter(({ key, tokens }) => key !== except && tokens.length === 1)
  const any = groups.filter(({ key, tokens }) => key !== except && tokens.length > 1)
  return [
    ...(all.length > 0
      ? [
          has(
            '@>',
            all.flatMap(({ tokens }) => tokens),
          ),
        ]
      : []),
    ...any.map(({ tokens }) => has('&&', tokens)),
    ...ranges.map(({ code, spans }) => sql`(${sql.join(spans.map(overlapOf(code)), sql` or `)})`),
    ...(in_stock ? [sql`listing.in_stock`] : []),
  ]
}

/** The GIN index answers this condition. */
const hasTokens: TokensCondition = (operator, tokens) => sql`listing.tokens ${sql.raw(operator)} ${tokens}::text[]`

/** The indexes of the sorts answer this condition: they have the hashes of all tokens unless a product has very many. */
const hasHashes: TokensCondition = (operator, tokens) => sql`
  coalesce(listing.token_hashes ${sql.raw(operator)} (select catalog.hashes_of(${tokens}::text[])),
    (select stored.tokens ${sql.raw(operator)} ${tokens}::text[] from catalog.listings stored where stored.product_id = listing.product_id))`

const overlapOf =
  (code: string) =>
  ({ from, to }: Readonly<{ from: number; to: number }>): Condition =>
    sql`((listing.numbers -> ${code}::text ->> 0)::numeric <= ${to} and (listing.numbers -> ${code}::text ->> 1)::numeric >= ${from})`

const searchOfWords = (words: readonly string[]): Condition[] =>
  words.length === 0
    ? []
    : [sql`listing.product_id in (select document.product_id from catalog.documents document where ${hasWords(words)})`]

/**
 * The condition on `catalog.documents document`. The last word may be half typed: `te` begins half of all words. After other
 * words it is checked only on the matches of these, by a function because the index would answer `@@`.
 */
export const hasWords = (words: readonly string[]): Condition =>
  words.length === 1
    ? sql`document.search @@ ${searchOf(words)}`
    : sql`document.search @@ ${searchOf(words.slice(0, -1), '')} and ts_match_vq(document.search, ${searchOf(words.slice(-1))})`

/** The condition that the document of `listing` has the words: a scan looks each up, where the index would find all. */
export const documentFits = (words: readonly string[]): Condition => sql`
  (select ts_match_vq(document.search, ${searchOf(words)}) from catalog.documents document
    where document.product_id = listing.product_id)`

/** Matches every word in either language, unchanged or by its stem. `unfinished` follows the last word. */
export const searchOf = (words: readonly string[], unfinished = ':*'): Condition =>
  sql`catalog.search_of(${words}::text[], ${unfinished}::text)`
