import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { findType } from '../taxonomy/store/types.ts'
import { divideSitemap } from './divide-sitemap/divide-sitemap.ts'
import { divideSitemapJob } from './divide-sitemap/job.ts'
import { listProducts } from './list-products/query.ts'
import { listProductsRoutes } from './list-products/route.ts'
import { countSitemapFiles, showSitemapFile } from './list-sitemap/query.ts'
import { listSitemapRoutes } from './list-sitemap/route.ts'
import { listCards } from './store/cards.ts'
import { listTerms } from './store/terms.ts'
import { suggestProducts } from './suggest-products/query.ts'
import { suggestProductsRoute } from './suggest-products/route.ts'

type Needs = Readonly<{ db: CatalogDb; catalogCache: CatalogCache }>

type Search = Readonly<{ routes: readonly Routes[]; jobs: readonly Job[] }>

/** The public lists: filters, sorting, search, facets, suggestions and the sitemap. */
export function search(needs: Needs): Search {
  const withTerms = { ...needs, listCards: listCards(needs), listTerms: listTerms(needs) }
  return {
    routes: [
      listProductsRoutes({
        listProducts: listProducts(withTerms),
        findType: findType(needs),
      }),
      suggestProductsRoute({ suggestProducts: suggestProducts(withTerms) }),
      listSitemapRoutes({
        countSitemapFiles: countSitemapFiles(needs.db),
        showSitemapFile: showSitemapFile(needs.db),
      }),
    ],
    jobs: [divideSitemapJob({ divideSitemap: divideSitemap(needs.db) })],
  }
}
