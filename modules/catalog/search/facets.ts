import { sql, type Kysely } from 'kysely'
import type { Locale, Localized } from '#platform/values'
import type { CatalogTables } from '../tables.ts'
import { byName } from './by-name.ts'
import { conditionOf, replanned, unsure } from './condition.ts'
import type { Filter } from './filter.ts'

/** Facets look at this many matches: past it, counts are of these. */
const sampled = 5000

type Count = Readonly<{ token: string; count: number }>
type Named = Readonly<{ code: string; name: Localized }>

/**
 * How many products each further narrowing would leave. A value of an attribute that is already filtered is counted as
 * if its own filter were not there, so that people can change their mind.
 */
export async function countFacets(db: Kysely<CatalogTables>, filter: Filter) {
  const own = filter.groups.map(({ key }) => ({ key, prefix: { category: 'c:', tag: 'g:' }[key] ?? `${key}=` }))
  const [counted, prices, words, ...freed] = await Promise.all([
    tokensOf(db, filter),
    priceRange(db, filter),
    vocabulary(db, filter.locale),
    ...own.map((freed) => tokensOf(db, filter, freed)),
  ])
  const counts = new Map(counted.counts.map(({ token, count }) => [token, count]))
  for (const { token, count } of freed.flatMap(({ counts }) => counts)) counts.set(token, count)
  return { ...present(words, counts, filter.locale), price: prices, capped: counted.looked >= sampled }
}

/** Of all tokens; or of those with a prefix, as if the filter on these were not there. */
async function tokensOf(db: Kysely<CatalogTables>, filter: Filter, freed?: Readonly<{ key: string; prefix: string }>) {
  const { rows } = await sql<Count & { looked: number }>`
    ${replanned} with matches as materialized (
      select l.tokens from catalog.listings l where ${conditionOf(filter, freed?.key)} limit ${unsure(sampled)}
    )
    select token, count(*)::int as count, (select count(*)::int from matches) as looked
    from (select unnest(tokens) as token from matches) borne
    where ${freed ? sql`starts_with(token, ${freed.prefix})` : sql`true`} group by token`.execute(db)
  return { counts: rows as readonly Count[], looked: rows[0]?.looked ?? 0 }
}

/** The cheapest and the dearest, without the filter's own bounds. */
async function priceRange(db: Kysely<CatalogTables>, { price_min: _min, price_max: _max, ...filter }: Filter) {
  const { rows } = await sql<{ min: number | null; max: number | null }>`
    ${replanned} select min(price) as min, max(price) as max from (
      select l.price from catalog.listings l where ${conditionOf(filter)} limit ${unsure(sampled)}) matches`.execute(db)
  return rows[0] ?? { min: null, max: null }
}

async function vocabulary(db: Kysely<CatalogTables>, locale: Locale) {
  const name = byName(locale)
  const [attributes, categories, tags, types] = await Promise.all([
    db
      .selectFrom('catalog.attributes')
      .selectAll()
      .where('is_filter', '=', true)
      .orderBy('position')
      .orderBy(name)
      .execute(),
    db.selectFrom('catalog.categories').select(['slug as code', 'name']).orderBy('position').orderBy(name).execute(),
    db.selectFrom('catalog.tags').select(['slug as code', 'name']).orderBy(name).execute(),
    db.selectFrom('catalog.types').select(['code', 'name']).orderBy(name).execute(),
  ])
  return { attributes, categories, tags, types }
}

function present(words: Awaited<ReturnType<typeof vocabulary>>, counts: ReadonlyMap<string, number>, locale: Locale) {
  const counted = (prefix: string, named: readonly Named[]) =>
    named.flatMap(({ code, name, ...rest }) => {
      const count = counts.get(`${prefix}${code}`)
      return count === undefined ? [] : [{ code, name: name[locale], ...rest, count }]
    })
  return {
    types: counted('t:', words.types),
    categories: counted('c:', words.categories),
    tags: counted('g:', words.tags),
    attributes: words.attributes.flatMap(({ code, name, kind, unit, ui_hint, values }) => {
      const found = counted(`a:${code}=`, values.length > 0 ? values : plainValues(code, counts))
      return found.length === 0
        ? []
        : [{ code, name: name[locale], kind, unit: unit?.[locale] ?? null, ui_hint, values: found }]
    }),
  }
}

/** The values of an attribute without a list of its own: text, number, bool, colour. */
const plainValues = (code: string, counts: ReadonlyMap<string, number>): Named[] =>
  [...counts.keys()]
    .filter((token) => token.startsWith(`a:${code}=`))
    .map((token) => token.slice(`a:${code}=`.length))
    .toSorted((one, other) => one.localeCompare(other, 'en', { numeric: true }))
    .map((value) => ({ code: value, name: { ru: value, en: value } }))
