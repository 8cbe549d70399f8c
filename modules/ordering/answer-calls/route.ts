import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { OrderingApi } from '../api.ts'
import { exportOrdersCall, stateOfCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ stateOf, exportOrders }: OrderingApi): Routes =>
  (http) => {
    answerCall(http, { call: stateOfCall, answer: async ({ order_id }) => await stateOf(order_id) })
    answerCall(http, {
      call: exportOrdersCall,
      answer: async ({ user_id }) => ({ orders: await exportOrders(user_id) }),
    })
  }
