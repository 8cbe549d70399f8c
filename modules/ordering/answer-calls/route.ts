import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { OrderingApi } from '../api.ts'
import { exportOrdersCall, hasOrderedCall, promotionsOfCall, purchaseOfCall, stateOfCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ stateOf, exportOrders, hasOrdered, promotionsOf, purchaseOf }: OrderingApi): Routes =>
  (http) => {
    answerCall(http, { call: stateOfCall, answer: async ({ order_id }) => await stateOf(order_id) })
    answerCall(http, {
      call: purchaseOfCall,
      answer: async (of) => ({ purchase: (await purchaseOf(of)) ?? null }),
    })
    answerCall(http, {
      call: exportOrdersCall,
      answer: async ({ user_id }) => ({ orders: await exportOrders(user_id) }),
    })
    answerCall(http, {
      call: hasOrderedCall,
      answer: async (buyer) => ({ hasOrdered: await hasOrdered(buyer) }),
    })
    answerCall(http, {
      call: promotionsOfCall,
      answer: async ({ order_ids }) => ({ orders: await promotionsOf(order_ids) }),
    })
  }
