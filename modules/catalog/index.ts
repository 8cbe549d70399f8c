import type { Kysely } from 'kysely'
import type { Cache } from '#platform/cache'
import { adding } from '#platform/events'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/words'
import type { Catalog } from './asks.ts'
import { catalogChecks } from './checks.ts'
import { catalogTells } from './events.ts'
import { expireHoldsJob } from './expire-holds/expire-holds.ts'
import { holdsFigure } from './figures.ts'
import { hearShipmentDue } from './firm-hold/hear.ts'
import { holdStock } from './hold-stock/hold-stock.ts'
import { listProductsRoute } from './list-products/route.ts'
import { hearOrderCancelled } from './release-hold/hear.ts'
import { hearOrderFulfilled } from './sell-held/hear.ts'
import { openShelf } from './shelf.ts'
import { offersOf } from './show-offers/query.ts'
import { showProductRoute } from './show-product/route.ts'
import { showVocabularyRoute } from './show-vocabulary/route.ts'
import { staffRoutes } from './staff-routes.ts'
import type { CatalogTables } from './tables.ts'

export { seedDemo } from './demo/seed-demo.ts'
export type { Catalog, HeldLine, Holding, HoldWish, Offer, Wanted } from './asks.ts'

type Door = Readonly<{ db: Kysely<CatalogTables>; now: Clock; cache: Cache }>

/** What is sold: products, variants, bundles and their stock. */
export function catalog({ db, now, cache }: Door): Module<Catalog> {
  const shelf = openShelf(cache)
  const needs = { db, now, shelf }
  return {
    name: 'catalog',
    describes: 'What is sold: products, variants, bundles and their stock.',
    asks: { hold: holdStock(needs), offersOf: offersOf(db) },
    routes: [listProductsRoute(needs), showProductRoute(needs), showVocabularyRoute(needs), ...staffRoutes(needs)],
    tells: catalogTells,
    hears: [hearShipmentDue(needs), hearOrderCancelled(needs), hearOrderFulfilled(needs)].map(adding),
    jobs: [expireHoldsJob(needs)],
    checks: catalogChecks(db),
    figures: [holdsFigure(db)],
  }
}
