import { sql } from 'kysely'
import type { Locale, Localized } from '#platform/values'
import type { CatalogDb } from '../../store/tables.ts'
import type { Filter } from '../filter.ts'
import { maxSampled } from '../schema.ts'
import { conditionOf, hiddenLimit, replanned } from './conditions.ts'
import type { Terms } from './terms.ts'

type Count = Readonly<{ token: string; count: number }>
type Term = Readonly<{ code: string; name: Localized }>

/**
 * The number of products that each further filter would leave. The values of an attribute that is already filtered are
 * counted without its own filter, so that buyers can change their choice.
 */
export async function countFacets(db: CatalogDb, filter: Filter, terms: Terms) {
  const filtered = filter.groups.map(({ key }) => ({ key, prefix: { category: 'c:', tag: 'g:' }[key] ?? `${key}=` }))
  const [counted, ownPrice, ownCounts] = await Promise.all([
    countTokens(db, filter),
    filter.price_min === undefined && filter.price_max === undefined ? undefined : findPriceRange(db, filter),
    countOwnTokens(db, filter, filtered),
  ])
  const counts = new Map(counted.counts.map(({ token, count }) => [token, count]))
  for (const { token, count } of ownCounts) counts.set(token, count)
  const price = ownPrice ?? counted.price
  return { ...facetsOf(terms, counts, filter.locale), price, counts_capped: counted.sampled >= maxSampled }
}

type Group = Readonly<{ key: string; prefix: string }>

async function countTokens(db: CatalogDb, filter: Filter) {
  const { rows } = await sql<Count & { sampled: number; min: number; max: number }>`
    ${replanned} with matches as materialized (
      select listing.tokens, listing.price from catalog.listings listing where ${conditionOf(filter)} limit ${hiddenLimit(maxSampled)}
    )
    select token, count, sampled, min, max
    from (select count(*)::int as sampled, min(price), max(price) from matches) sample,
      (select token, count(*)::int as count from (select unnest(tokens) as token from matches) tokens group by token) counted`.execute(
    db,
  )
  const { sampled = 0, min = null, max = null } = rows[0] ?? {}
  return { counts: rows as readonly Count[], sampled, price: { min, max } }
}

/** Counts the tokens of each group without the filter on that group: one statement, so that a request takes few connections. */
async function countOwnTokens(db: CatalogDb, filter: Filter, groups: readonly Group[]): Promise<readonly Count[]> {
  if (groups.length === 0) return []
  const counts = groups.map(
    ({ key, prefix }) => sql`
      select token, count(*)::int as count from (
        select unnest(tokens) as token from (
          select listing.tokens from catalog.listings listing where ${conditionOf(filter, key)} limit ${hiddenLimit(maxSampled)}) matches
      ) tokens where starts_with(token, ${prefix}) group by token`,
  )
  return (await sql<Count>`${replanned} ${sql.join(counts, sql` union all `)}`.execute(db)).rows
}

/** The lowest and the highest price, without the price filter. */
async function findPriceRange(db: CatalogDb, { price_min: _min, price_max: _max, ...filter }: Filter) {
  const { rows } = await sql<{ min: number | null; max: number | null }>`
    ${replanned} select min(price) as min, max(price) as max from (
      select listing.price from catalog.listings listing where ${conditionOf(filter)} limit ${hiddenLimit(maxSampled)}) matches`.execute(
    db,
  )
  return rows[0] ?? { min: null, max: null }
}

function facetsOf(terms: Terms, counts: ReadonlyMap<string, number>, locale: Locale) {
  const valuesOf = (prefix: string, named: readonly Term[]) =>
    named.flatMap(({ code, name, ...rest }) => {
      const count = counts.get(`${prefix}${code}`)
      return count === undefined ? [] : [{ code, name: name[locale], ...rest, count }]
    })
  return {
    types: valuesOf('t:', terms.types),
    categories: valuesOf('c:', terms.categories),
    tags: valuesOf('g:', terms.tags),
    attributes: terms.attributes
      .filter(({ is_filter }) => is_filter)
      .flatMap(({ code, name, kind, unit, ui_hint, values }) => {
        const found = valuesOf(`a:${code}=`, values.length > 0 ? values : countedValues(code, counts))
        return found.length === 0
          ? []
          : [{ code, name: name[locale], kind, unit: unit?.[locale] ?? null, ui_hint, values: found }]
      }),
  }
}

/** The values of an attribute without options: text, number, bool, colour. */
const countedValues = (code: string, counts: ReadonlyMap<string, number>): Term[] =>
  [...counts.keys()]
    .filter((token) => token.startsWith(`a:${code}=`))
    .map((token) => token.slice(`a:${code}=`.length))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((value) => ({ code: value, name: { ru: value, en: value } }))
