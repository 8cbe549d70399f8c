import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { DeliveryApi } from '../api.ts'
import { choosePickupPointCall, feeOfCall, shipmentOfCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ choosePickupPoint, feeOf, shipmentOf }: DeliveryApi): Routes =>
  (http) => {
    answerCall(http, {
      call: choosePickupPointCall,
      answer: async ({ pickup_point_id }) => await choosePickupPoint(pickup_point_id),
    })
    answerCall(http, { call: feeOfCall, answer: async (input) => await feeOf(input) })
    answerCall(http, { call: shipmentOfCall, answer: async ({ order_id }) => await shipmentOf(order_id) })
  }
