import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { CartApi } from '../api.ts'
import { linesOfCall } from '../calls.ts'

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ linesOf }: CartApi): Routes =>
  (http) =>
    answerCall(http, {
      call: linesOfCall,
      answer: async ({ user_id, cart_token }) => await linesOf(user_id, cart_token),
    })
