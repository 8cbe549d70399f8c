import type { Remote } from '#platform/calls'
import type { CartApi } from './api.ts'
import { guestCartOfCall, linesOfCall } from './calls.ts'

/** The api of the cart in another process. */
export const remoteCart = ({ call }: Remote): CartApi => ({
  linesOf: async (user_id, cart_token) =>
    await call(linesOfCall, { user_id, ...(cart_token !== undefined && { cart_token }) }),
  guestCartOf: async (cart_token) => await call(guestCartOfCall, { cart_token }),
})
