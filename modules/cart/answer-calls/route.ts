import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { CartApi } from '../api.ts'
import { guestCartOfCall, linesOfCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ linesOf, guestCartOf }: CartApi): Routes =>
  (http) => {
    answerCall(http, {
      call: linesOfCall,
      answer: async ({ user_id, cart_token }) => await linesOf(user_id, cart_token),
    })
    answerCall(http, { call: guestCartOfCall, answer: async ({ cart_token }) => await guestCartOf(cart_token) })
  }
