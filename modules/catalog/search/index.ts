import type { Routes } from '#platform/http'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { findType } from '../taxonomy/store/types.ts'
import { listProducts } from './list-products/query.ts'
import { listProductsRoutes } from './list-products/route.ts'
import { listCards } from './store/cards.ts'
import { listTerms } from './store/terms.ts'
import { suggestProducts } from './suggest-products/query.ts'
import { suggestProductsRoute } from './suggest-products/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

type Search = Readonly<{ routes: readonly Routes[] }>

/** The public lists: filters, sorting, search, facets and suggestions. */
export function search(needs: Needs): Search {
  const withTerms = { ...needs, listCards: listCards(needs), listTerms: listTerms(needs) }
  return {
    routes: [
      listProductsRoutes({
        listProducts: listProducts(withTerms),
        findType: findType(needs),
      }),
      suggestProductsRoute({ suggestProducts: suggestProducts(withTerms) }),
    ],
  }
}
