import type { Remote } from '#platform/calls'
import { Unavailable } from '#platform/outcome'
import type { IdleSince, RemoteCatalogApi } from './api.ts'
import {
  expireHoldCall,
  expireIdleHoldsCall,
  exportAlertsCall,
  exportReviewsCall,
  holdCall,
  listIdleHoldsCall,
  offersOfCall,
  withdrawHoldCall,
} from './calls.ts'

/** The api of the catalog in another process. */
export const remoteCatalog = ({ call }: Remote): RemoteCatalogApi => ({
  hold: async ({ order_id, items, expected_total, expires_at }) =>
    await call(holdCall, {
      order_id,
      items,
      ...(expected_total !== undefined && { expected_total }),
      expires_at: expires_at.toISOString(),
    }),
  withdrawHold: async (order_id) => {
    // An unknown outcome must not hide why the order was refused. The job that releases abandoned holds frees the goods.
    await call(withdrawHoldCall, { order_id }).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error
    })
  },
  expireHold: async (order_id) => void (await call(expireHoldCall, { order_id })),
  listIdleHolds: async (since, { after, limit }) => {
    const from = { order_id: after.order_id, expires_at: after.expires_at.toISOString() }
    const { holds } = await call(listIdleHoldsCall, { since: textsOf(since), after: from, limit })
    return holds.map(({ order_id, expires_at }) => ({ order_id, expires_at: new Date(expires_at) }))
  },
  expireIdleHolds: async (order_ids, since) =>
    (await call(expireIdleHoldsCall, { order_ids, since: textsOf(since) })).order_ids,
  offersOf: async (variant_ids) => (await call(offersOfCall, { variant_ids })).offers,
  exportAlerts: async (user_id) => (await call(exportAlertsCall, { user_id })).alerts,
  exportReviews: async (user_id) => (await call(exportReviewsCall, { user_id })).reviews,
})

const textsOf = ({ held_before, expires_before }: IdleSince) => ({
  held_before: held_before.toISOString(),
  expires_before: expires_before.toISOString(),
})
