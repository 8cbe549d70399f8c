import { answerCall } from '#platform/calls'
import type { Routes } from '#platform/http'
import type { IdentityApi } from '../api.ts'
import type { VerifyToken } from '../auth/verify-token.ts'
import { accountsOfCall, findAccountsCall, validateTokenCall } from '../calls.ts'
import { validTokenViewOf } from '../claims.ts'

type Needs = Pick<IdentityApi, 'accountsOf' | 'findAccounts'> & Readonly<{ verifyToken: VerifyToken }>

/** Answers the calls of modules in other processes. */
export const answerCallsRoutes =
  ({ accountsOf, findAccounts, verifyToken }: Needs): Routes =>
  (http) => {
    answerCall(http, {
      call: accountsOfCall,
      answer: async ({ user_ids }) => ({ accounts: await accountsOf(user_ids) }),
    })
    answerCall(http, {
      call: findAccountsCall,
      answer: async (key) => ({ user_ids: [...(await findAccounts(key))] }),
    })
    answerCall(http, {
      call: validateTokenCall,
      answer: async ({ token, use }) => {
        const verified = await verifyToken(token, use)
        return { valid: verified ? validTokenViewOf(verified) : null }
      },
    })
  }
