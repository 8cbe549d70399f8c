import type { Routes } from '#platform/http'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { findType } from '../taxonomy/store/types.ts'
import { listProducts } from './list-products/query.ts'
import { listProductsRoutes } from './list-products/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

/** The public lists: filters, sorting, search, facets and suggestions. */
export const search = (needs: Needs): Readonly<{ routes: readonly Routes[] }> => ({
  routes: [listProductsRoutes({ listProducts: listProducts(needs), findType: findType(needs) })],
})
