import type { Remote } from '#platform/calls'
import type { OrderingApi } from './api.ts'
import { exportOrdersCall, stateOfCall } from './calls.ts'

/** The api of ordering in another process. */
export const remoteOrdering = ({ call }: Remote): OrderingApi => ({
  stateOf: async (order_id) => await call(stateOfCall, { order_id }),
  exportOrders: async (user_id) => (await call(exportOrdersCall, { user_id })).orders,
})
