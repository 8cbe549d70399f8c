import { sql } from 'kysely'
import { InvalidPage, pageOf, type Window, windowOf } from '#platform/outcome'
import { isId, type Locale } from '#platform/values'
import { flatProductOf } from '../../products/flat-product.ts'
import { cacheKey, type CatalogCache, type PreparedResponse, prepareResponse } from '../../store/catalog-cache.ts'
import type { CatalogDb } from '../../store/tables.ts'
import { type FilterRefused, refusalOf } from '../filter-limits.ts'
import { attributesOf, type Filter, filterOf } from '../filter.ts'
import type { ListQuery } from '../schema.ts'
import type { ListCards } from '../store/cards.ts'
import { countFacets } from '../store/facets.ts'
import { findPage } from '../store/find-page.ts'
import type { Match } from '../store/found-page.ts'
import { findSuggestion } from '../store/suggestions.ts'
import type { ListTerms, Terms } from '../store/terms.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache; listCards: ListCards; listTerms: ListTerms }>

type View = Readonly<{ locale: Locale; isFlat: boolean }>

export type ListProductsOutcome = Readonly<{ kind: 'listed'; response: PreparedResponse }> | FilterRefused

export type ListProducts = (query: ListQuery, view: View) => Promise<ListProductsOutcome>

/** One page of a public list, from the cache. */
export const listProducts =
  ({ db, catalogCache, listCards, listTerms }: Needs): ListProducts =>
  async (query, { locale, isFlat }) => {
    const window = windowOf(query)
    const terms = query.facets === true || attributesOf(query).length > 0 ? await listTerms(locale) : undefined
    const refusal = refusalOf(query, terms?.attributes ?? [])
    if (refusal) return refusal
    const response = await catalogCache.list(cacheKey([locale, isFlat], query), async () => {
      const filter = filterOf(await withSlugs(db, query), locale, rangeCodesOf(terms))
      const page = await loadPage(
        { db, listCards },
        { filter, window, ...(query.facets === true && terms && { terms }) },
      )
      return prepareResponse(isFlat ? { ...page, items: page.items.map(flatProductOf) } : page)
    })
    return { kind: 'listed', response }
  }

const rangeCodesOf = (terms: Terms | undefined): ReadonlySet<string> =>
  new Set(terms?.attributes.filter(({ kind }) => kind === 'range').map(({ code }) => code))

/** `terms` when the page has facets. */
type PageRequest = Readonly<{ filter: Filter; window: Window; terms?: Terms }>

/** One page, with facets on request, and with a suggestion when a search finds nothing. */
async function loadPage({ db, listCards }: Pick<Needs, 'db' | 'listCards'>, { filter, window, terms }: PageRequest) {
  const cursor = window.cursor && readCursor(window.cursor, filter)
  const [found, facets] = await Promise.all([
    findPage(db, filter, { ...window, ...(cursor && { cursor: [cursor.key, cursor.product_id] }) }),
    terms && countFacets(db, filter, terms),
  ])
  const { matches } = found
  const { total, total_capped } = cursor ?? found
  const product_ids = matches.slice(0, window.limit).map(({ product_id }) => product_id)
  const [cards, did_you_mean] = await Promise.all([
    listCards(product_ids, filter.locale),
    filter.words.length > 0 && total === 0 ? findSuggestion(db, filter.words) : undefined,
  ])
  const cursorOf = ({ key, product_id }: Match) => [filter.sort, key, product_id, total, total_capped ? 1 : 0]
  return {
    ...pageOf({ items: matches, total, window, cursorOf, total_capped }),
    items: cards,
    ...(facets && { facets }),
    ...(did_you_mean !== undefined && { did_you_mean }),
  }
}

const isSortKey: Record<Filter['sort'], (key: string) => boolean> = {
  newest: (key) =>
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(key) && !Number.isNaN(Date.parse(key)),
  price: (key) => /^\d{1,15}$/.test(key),
  '-price': (key) => /^\d{1,15}$/.test(key),
  popular: (key) => /^\d{1,15}$/.test(key),
  relevance: (key) => /^\d{1,4}$/.test(key),
  name: () => true,
}

/**
 * The sort key and the product id of a cursor, and the total of the first page: a page in the middle of a list counts no
 * matches before it. A cursor is valid only for the sort that made it.
 */
function readCursor([sort, key, product_id, total, is_capped]: readonly (string | number)[], filter: Filter) {
  const isKey = sort === filter.sort && isSortKey[filter.sort](String(key)) && isId(String(product_id))
  if (!isKey || !Number.isSafeInteger(total) || Number(total) < 0) throw new InvalidPage('bad-cursor')
  return { key: String(key), product_id: String(product_id), total: Number(total), total_capped: is_capped === 1 }
}

/** Replaces the ids of categories and tags by their slugs, which the lists filter by. An unknown id matches nothing. */
async function withSlugs(db: CatalogDb, query: ListQuery): Promise<ListQuery> {
  const [category, tag] = await Promise.all([
    findSlugs(db, 'catalog.categories', query.category),
    findSlugs(db, 'catalog.tags', query.tag),
  ])
  return { ...query, ...(category !== undefined && { category }), ...(tag !== undefined && { tag }) }
}

async function findSlugs(db: CatalogDb, table: 'catalog.categories' | 'catalog.tags', references?: string[]) {
  const slugsOrIds = references?.flatMap((each) => each.split(',')) ?? []
  const ids = slugsOrIds.filter(isId)
  if (ids.length === 0) return references
  // One text for any number of ids: `in` would make a prepared statement of each.
  const ofIds = sql<boolean>`id = any(${ids}::uuid[])`
  const terms = await db.selectFrom(table).select(['id', 'slug']).where(ofIds).execute()
  return slugsOrIds.map((each) => terms.find(({ id }) => id === each.toLowerCase())?.slug ?? each)
}
