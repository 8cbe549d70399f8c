import { commutative, type Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/catalog-tables.ts'
import { correctStock } from './correct-stock/correct-stock.ts'
import { correctStockRoute } from './correct-stock/route.ts'
import { expireHoldsJob } from './expire-holds/job.ts'
import { onShipmentRequested } from './firm-hold/subscriber.ts'
import { holdStock } from './hold-stock/hold-stock.ts'
import { listMovements } from './list-movements/query.ts'
import { listMovementsRoute } from './list-movements/route.ts'
import { onOrderCancelled } from './release-hold/subscriber.ts'
import { onOrderFulfilled } from './sell-hold/subscriber.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type Stock = Readonly<{
  hold: CatalogApi['hold']
  routes: readonly Routes[]
  subscriptions: readonly Subscription[]
  jobs: readonly Job[]
}>

/** Pieces on hand, the holds that orders have on them, and the log of movements. */
export const stock = (needs: Needs): Stock => ({
  hold: holdStock(needs),
  routes: [correctStockRoute(correctStock(needs)), listMovementsRoute(listMovements(needs.db))],
  subscriptions: [onShipmentRequested(needs), onOrderCancelled(needs), onOrderFulfilled(needs)].map(commutative),
  jobs: [expireHoldsJob(needs)],
})
