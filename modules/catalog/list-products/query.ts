import type { Kysely } from 'kysely'
import { InvalidPage, pageOf, type Window } from '#platform/outcome'
import { isId } from '#platform/values'
import type { CatalogTables } from '../tables.ts'
import { countFacets } from '../search/facets.ts'
import type { Filter } from '../search/filter.ts'
import { countMatches, findPlaces, type Place } from '../search/find-page.ts'
import { readCards } from './read-cards.ts'
import { suggest } from '../search/suggest.ts'

type Wanted = Readonly<{ filter: Filter; window: Window; withFacets: boolean }>

/** A page of the shop window, and what else the caller asked for about it. */
export async function listProducts(db: Kysely<CatalogTables>, { filter, window, withFacets }: Wanted) {
  const at = { ...window, ...(window.cursor && { cursor: keyOf(window.cursor, filter) }) }
  const [places, { total, total_capped }, facets] = await Promise.all([
    findPlaces(db, filter, at),
    countMatches(db, filter),
    withFacets ? countFacets(db, filter) : undefined,
  ])
  const [cards, did_you_mean] = await Promise.all([
    readCards(
      db,
      places.slice(0, window.limit).map(({ product_id }) => product_id),
      filter.locale,
    ),
    filter.words.length > 0 && total === 0 ? suggest(db, filter.words) : undefined,
  ])
  const cursorOf = ({ key, product_id }: Place) => [filter.sort, key, product_id]
  const page = pageOf({ items: places, total, window, cursorOf, total_capped })
  return {
    ...page,
    items: cards,
    ...(facets && { facets }),
    ...(did_you_mean !== undefined && { did_you_mean }),
  }
}

const keys: Record<Filter['sort'], (key: string) => boolean> = {
  newest: (key) =>
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(key) && !Number.isNaN(Date.parse(key)),
  price: (key) => /^\d{1,15}$/.test(key),
  '-price': (key) => /^\d{1,15}$/.test(key),
  popular: (key) => /^\d{1,15}$/.test(key),
  relevance: (key) => /^\d{1,4}$/.test(key),
  name: () => true,
}

/** A cursor is good for the sort it was made in. */
function keyOf([sort, key, product_id]: readonly (string | number)[], filter: Filter): readonly [string, string] {
  const isOurs = sort === filter.sort && keys[filter.sort](String(key)) && isId(String(product_id))
  if (!isOurs) throw new InvalidPage('bad-cursor')
  return [String(key), String(product_id)]
}
