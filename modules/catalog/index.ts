import type { Cache } from '#platform/cache'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { alerts, type Letters } from './alerts/index.ts'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { CatalogApi } from './api.ts'
import { catalogChecks } from './checks.ts'
import { catalogEvents } from './events.ts'
import { holdsMetric, oldestReturnMetric, returnsMetric } from './metrics.ts'
import { productFiles, products } from './products/index.ts'
import { reviews } from './reviews/index.ts'
import type { PurchaseOf } from './reviews/purchase.ts'
import { search } from './search/index.ts'
import { stock } from './stock/index.ts'
import { catalogTag, openCatalogCache } from './store/catalog-cache.ts'
import type { CatalogDb } from './store/tables.ts'
import { findCategories } from './taxonomy/find-categories/query.ts'
import { taxonomy } from './taxonomy/index.ts'

export { remoteCatalog } from './remote.ts'
export { listsTag } from './store/catalog-cache.ts'
export type { ImportSummary } from './products/import-products/import-products.ts'
export { UnreadableFile } from './csv-lines.ts'
export { removeDemo } from './demo/remove-demo.ts'
export { seedDemo } from './demo/seed-demo.ts'
export type {
  CatalogApi,
  ProductCategories,
  HeldLine,
  HoldInput,
  HoldItem,
  HoldOutcome,
  IdleHold,
  Offer,
  RemoteCatalogApi,
} from './api.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; cache: Cache }>

type CatalogNeeds = Needs &
  Readonly<{
    /** Finds an order with which a user received a product. */
    purchaseOf: PurchaseOf
    letters: Letters
  }>

/** Products, variants, bundles and their stock. */
export function catalog({ db, now, cache, purchaseOf, letters }: CatalogNeeds): Module<CatalogApi> {
  const needs = { db, now, catalogCache: openCatalogCache(cache) }
  const { offersOf, hasProduct, subscriptions: imageSubscriptions, ...productRoutes } = products(needs)
  const { hold, withdrawHold, expireHold, listIdleHolds, expireIdleHolds, subscriptions, jobs, ...stockRoutes } =
    stock(needs)
  const { exportAlerts, ...alertParts } = alerts({ db, now, letters })
  const { jobs: searchJobs, ...searchRoutes } = search(needs)
  const { exportReviews, subscriptions: reviewSubscriptions, ...reviewRoutes } = reviews({ ...needs, purchaseOf })
  const api = {
    exportReviews,
    exportAlerts,
    hold,
    withdrawHold,
    expireHold,
    listIdleHolds,
    expireIdleHolds,
    offersOf,
    hasProduct,
    categoriesOf: findCategories(db),
  }
  return {
    name: 'catalog',
    description: 'Products, variants, bundles and their stock.',
    api,
    internal: [answerCallsRoutes(api)],
    unversionedPaths: ['/catalog'],
    routes: [searchRoutes, reviewRoutes, alertParts, productRoutes, stockRoutes, taxonomy(needs)].flatMap(
      ({ routes }) => routes,
    ),
    publishes: catalogEvents,
    subscriptions: [...subscriptions, ...imageSubscriptions, ...reviewSubscriptions, ...alertParts.subscriptions],
    jobs: [...jobs, ...searchJobs, ...alertParts.jobs],
    pages: alertParts.pages,
    checks: catalogChecks(db),
    cacheTags: [catalogTag],
    metrics: [holdsMetric(db), returnsMetric(db), oldestReturnMetric(db)],
  }
}

/** Imports and exports of products as CSV, one line for each variant. `importProducts` throws `UnreadableFile`. */
export const openProductFiles = ({ db, now, cache }: Needs): ReturnType<typeof productFiles> =>
  productFiles({ db, now, catalogCache: openCatalogCache(cache) })
