import type { Remote } from '#platform/calls'
import type { OrderingApi } from './api.ts'
import { exportOrdersCall, hasOrderedCall, promotionsOfCall, purchaseOfCall, stateOfCall } from './calls.ts'

/** The api of ordering in another process. */
export const remoteOrdering = ({ call }: Remote): OrderingApi => ({
  stateOf: async (order_id) => await call(stateOfCall, { order_id }),
  purchaseOf: async (of) => (await call(purchaseOfCall, of)).purchase ?? undefined,
  exportOrders: async (user_id) => (await call(exportOrdersCall, { user_id })).orders,
  hasOrdered: async (buyer) => (await call(hasOrderedCall, buyer)).hasOrdered,
  promotionsOf: async (order_ids) => (await call(promotionsOfCall, { order_ids: [...order_ids] })).orders,
})
