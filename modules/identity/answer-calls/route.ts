import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { IdentityApi } from '../api.ts'
import type { VerifyToken } from '../auth/verify-token.ts'
import { accountsOfCall, validateTokenCall } from '../calls.ts'
import { validTokenViewOf } from '../claims.ts'

type Needs = Pick<IdentityApi, 'accountsOf'> & Readonly<{ verifyToken: VerifyToken }>

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ accountsOf, verifyToken }: Needs): Routes =>
  (http) => {
    answerCall(http, {
      call: accountsOfCall,
      answer: async ({ user_ids }) => ({ accounts: await accountsOf(user_ids) }),
    })
    answerCall(http, {
      call: validateTokenCall,
      answer: async ({ token }) => {
        const verified = await verifyToken(token)
        return { valid: verified ? validTokenViewOf(verified) : null }
      },
    })
  }
