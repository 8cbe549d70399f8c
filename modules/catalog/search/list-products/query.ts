import { InvalidPage, pageOf, type Window } from '#platform/outcome'
import { isId } from '#platform/values'
import type { CatalogDb } from '../../store/catalog-tables.ts'
import type { Filter } from '../filter.ts'
import { countFacets } from '../store/facets.ts'
import { countMatches, findPage, type Match } from '../store/find-page.ts'
import { listCards } from '../store/cards.ts'
import { suggest } from '../store/suggest.ts'

type ListRequest = Readonly<{ filter: Filter; window: Window; withFacets: boolean }>

/** One page of a public list; with facets on request, and with a suggestion when a search finds nothing. */
export async function listProducts(db: CatalogDb, { filter, window, withFacets }: ListRequest) {
  const at = { ...window, ...(window.cursor && { cursor: sortKeyOf(window.cursor, filter) }) }
  const [matches, { total, total_capped }, facets] = await Promise.all([
    findPage(db, filter, at),
    countMatches(db, filter),
    withFacets ? countFacets(db, filter) : undefined,
  ])
  const product_ids = matches.slice(0, window.limit).map(({ product_id }) => product_id)
  const [cards, did_you_mean] = await Promise.all([
    listCards(db, product_ids, filter.locale),
    filter.words.length > 0 && total === 0 ? suggest(db, filter.words) : undefined,
  ])
  const cursorOf = ({ key, product_id }: Match) => [filter.sort, key, product_id]
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

/** The sort key and the product id of a cursor. A cursor is valid only for the sort that made it. */
function sortKeyOf([sort, key, product_id]: readonly (string | number)[], filter: Filter): readonly [string, string] {
  const isValid = sort === filter.sort && isSortKey[filter.sort](String(key)) && isId(String(product_id))
  if (!isValid) throw new InvalidPage('bad-cursor')
  return [String(key), String(product_id)]
}
