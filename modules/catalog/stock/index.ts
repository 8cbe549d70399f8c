import { commutative, type Subscription } from '#platform/events'
import type { Routes } from '#platform/http'
import type { Job } from '#platform/jobs'
import type { Clock } from '#platform/values'
import type { CatalogApi } from '../api.ts'
import type { CatalogCache } from '../store/catalog-cache.ts'
import type { CatalogDb } from '../store/tables.ts'
import { changeHold } from './change-hold/change-hold.ts'
import { changeHoldSubscription } from './change-hold/subscriber.ts'
import { correctStock } from './correct-stock/correct-stock.ts'
import { correctStockRoute } from './correct-stock/route.ts'
import { expireHold, expireHolds, withdrawHold } from './expire-holds/expire-holds.ts'
import { expireHoldsJob } from './expire-holds/job.ts'
import { expireIdleHolds, listIdleHolds } from './expire-idle-holds/expire-idle-holds.ts'
import { firmHold } from './firm-hold/firm-hold.ts'
import { firmHoldSubscription } from './firm-hold/subscriber.ts'
import { holdStock } from './hold-stock/hold-stock.ts'
import { listMovements } from './list-movements/query.ts'
import { listMovementsRoute } from './list-movements/route.ts'
import { listReturns, showReturn } from './list-returns/query.ts'
import { listReturnsRoutes } from './list-returns/route.ts'
import { receiveReturn } from './receive-return/receive-return.ts'
import { receiveReturnRoute } from './receive-return/route.ts'
import { recordArrival } from './record-arrival/record-arrival.ts'
import { recordArrivalSubscription } from './record-arrival/subscriber.ts'
import { expectReturn } from './release-hold/expect-return.ts'
import { releaseHold } from './release-hold/release-hold.ts'
import { releaseHoldSubscriptions } from './release-hold/subscriber.ts'
import { restockGoods } from './restock-goods/restock-goods.ts'
import { restockGoodsSubscription } from './restock-goods/subscriber.ts'
import { sellHold } from './sell-hold/sell-hold.ts'
import { sellHoldSubscription } from './sell-hold/subscriber.ts'

type Needs = Readonly<{ db: CatalogDb; now: Clock; catalogCache: CatalogCache }>

type Stock = Readonly<{
  hold: CatalogApi['hold']
  withdrawHold: CatalogApi['withdrawHold']
  expireHold: CatalogApi['expireHold']
  listIdleHolds: CatalogApi['listIdleHolds']
  expireIdleHolds: CatalogApi['expireIdleHolds']
  routes: readonly Routes[]
  subscriptions: readonly Subscription[]
  jobs: readonly Job[]
}>

/** Pieces on hand, the holds that orders have on them, and the log of movements. */
export const stock = (needs: Needs): Stock => ({
  hold: holdStock(needs),
  withdrawHold: withdrawHold(needs),
  expireHold: expireHold(needs),
  listIdleHolds: listIdleHolds(needs.db),
  expireIdleHolds: expireIdleHolds(needs),
  routes: [
    correctStockRoute({ correctStock: correctStock(needs) }),
    listMovementsRoute({ listMovements: listMovements(needs.db) }),
    listReturnsRoutes({ listReturns: listReturns(needs.db), showReturn: showReturn(needs.db) }),
    receiveReturnRoute({ receiveReturn: receiveReturn(needs) }),
  ],
  subscriptions: [
    changeHoldSubscription({ changeHold: changeHold(needs) }),
    restockGoodsSubscription({ restockGoods: restockGoods(needs) }),
    ...[
      firmHoldSubscription({ firmHold: firmHold(needs) }),
      ...releaseHoldSubscriptions({ releaseHold: releaseHold(needs), expectReturn: expectReturn(needs) }),
      recordArrivalSubscription({ recordArrival: recordArrival(needs) }),
      sellHoldSubscription({ sellHold: sellHold(needs) }),
    ].map(commutative),
  ],
  jobs: [expireHoldsJob({ expireHolds: expireHolds(needs) })],
})
