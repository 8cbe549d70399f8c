import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { PromotionsApi } from '../api.ts'
import { factsOfCall, findCouponCall, quoteCall, redeemCall, repriceCall, withdrawCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ findCoupon, factsOf, quote, redeem, reprice, withdraw }: PromotionsApi): Routes =>
  (http) => {
    answerCall(http, { call: findCouponCall, answer: async (input) => await findCoupon(input) })
    answerCall(http, { call: factsOfCall, answer: async (buyer) => await factsOf(buyer) })
    answerCall(http, { call: quoteCall, answer: async (input) => await quote(input) })
    answerCall(http, { call: redeemCall, answer: async (input) => await redeem(input) })
    answerCall(http, { call: repriceCall, answer: async (input) => await reprice(input) })
    answerCall(http, {
      call: withdrawCall,
      answer: async ({ order_id }) => {
        await withdraw(order_id)
        return {}
      },
    })
  }
