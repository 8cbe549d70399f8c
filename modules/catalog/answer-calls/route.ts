import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { CatalogApi } from '../api.ts'
import {
  expireHoldCall,
  expireIdleHoldsCall,
  exportAlertsCall,
  exportReviewsCall,
  holdCall,
  listIdleHoldsCall,
  offersOfCall,
  withdrawHoldCall,
} from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  (catalog: CatalogApi): Routes =>
  (http) => {
    answerCall(http, {
      call: holdCall,
      answer: async ({ expires_at, ...input }) => await catalog.hold({ ...input, expires_at: new Date(expires_at) }),
    })
    answerCall(http, {
      call: withdrawHoldCall,
      answer: async ({ order_id }) => {
        await catalog.withdrawHold(order_id)
        return {}
      },
    })
    answerCall(http, {
      call: expireHoldCall,
      answer: async ({ order_id }) => {
        await catalog.expireHold(order_id)
        return {}
      },
    })
    answerIdleHolds(http, catalog)
    answerCall(http, {
      call: offersOfCall,
      answer: async ({ variant_ids }) => ({ offers: await catalog.offersOf(variant_ids) }),
    })
    answerCall(http, {
      call: exportAlertsCall,
      answer: async ({ user_id }) => ({ alerts: await catalog.exportAlerts(user_id) }),
    })
    answerCall(http, {
      call: exportReviewsCall,
      answer: async ({ user_id }) => ({ reviews: await catalog.exportReviews(user_id) }),
    })
  }

type IdleHolds = Pick<CatalogApi, 'listIdleHolds' | 'expireIdleHolds'>

function answerIdleHolds(http: Parameters<Routes>[0], { listIdleHolds, expireIdleHolds }: IdleHolds): void {
  answerCall(http, {
    call: listIdleHoldsCall,
    answer: async ({ since, after, limit }) => {
      const from = { order_id: after.order_id, expires_at: new Date(after.expires_at) }
      const holds = await listIdleHolds(momentsOf(since), { after: from, limit })
      return { holds: holds.map(({ order_id, expires_at }) => ({ order_id, expires_at: expires_at.toISOString() })) }
    },
  })
  answerCall(http, {
    call: expireIdleHoldsCall,
    answer: async ({ order_ids, since }) => ({ order_ids: await expireIdleHolds(order_ids, momentsOf(since)) }),
  })
}

const momentsOf = ({ held_before, expires_before }: Readonly<{ held_before: string; expires_before: string }>) => ({
  held_before: new Date(held_before),
  expires_before: new Date(expires_before),
})
