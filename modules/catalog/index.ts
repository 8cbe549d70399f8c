import type { Kysely } from 'kysely'
import type { Cache } from '#platform/cache'
import { commutative } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import type { CatalogApi } from './api.ts'
import { catalogChecks } from './checks.ts'
import { catalogEvents } from './events.ts'
import { expireHoldsJob } from './expire-holds/expire-holds.ts'
import { holdsMetric } from './metrics.ts'
import { hearShipmentDue } from './firm-hold/subscriber.ts'
import { holdStock } from './hold-stock/hold-stock.ts'
import { listProductsRoute } from './list-products/route.ts'
import { hearOrderCancelled } from './release-hold/subscriber.ts'
import { hearOrderFulfilled } from './sell-held/subscriber.ts'
import { openShelf } from './shelf.ts'
import { offersOf } from './show-offers/query.ts'
import { showProductRoute } from './show-product/route.ts'
import { showVocabularyRoute } from './show-vocabulary/route.ts'
import { staffRoutes } from './staff-routes.ts'
import type { CatalogTables } from './tables.ts'

export { seedDemo } from './demo/seed-demo.ts'
export type { CatalogApi, HeldLine, HoldOutcome, HoldInput, Offer, Wanted } from './api.ts'

type Door = Readonly<{ db: Kysely<CatalogTables>; now: Clock; cache: Cache }>

/** What is sold: products, variants, bundles and their stock. */
export function catalog({ db, now, cache }: Door): Module<CatalogApi> {
  const shelf = openShelf(cache)
  const needs = { db, now, shelf }
  return {
    name: 'catalog',
    description: 'What is sold: products, variants, bundles and their stock.',
    api: { hold: holdStock(needs), offersOf: offersOf(db) },
    unversionedPaths: ['/catalog'],
    routes: [listProductsRoute(needs), showProductRoute(needs), showVocabularyRoute(needs), ...staffRoutes(needs)],
    publishes: catalogEvents,
    subscriptions: [hearShipmentDue(needs), hearOrderCancelled(needs), hearOrderFulfilled(needs)].map(commutative),
    jobs: [expireHoldsJob(needs)],
    checks: catalogChecks(db),
    metrics: [holdsMetric(db)],
  }
}
