import type { Remote } from '#platform/calls'
import { Unavailable } from '#platform/outcome'
import type { PromotionsApi } from './api.ts'
import { factsOfCall, findCouponCall, quoteCall, redeemCall, repriceCall, withdrawCall } from './calls.ts'

/** The api of promotions in another process. */
export const remotePromotions = ({ call }: Remote): PromotionsApi => ({
  findCoupon: async (input) => await call(findCouponCall, input),
  factsOf: async (buyer) => await call(factsOfCall, buyer),
  quote: async (input) => await call(quoteCall, { ...input, lines: [...input.lines] }),
  redeem: async (input) => await call(redeemCall, { ...input, lines: [...input.lines] }),
  reprice: async (input) =>
    await call(repriceCall, { ...input, lines: [...input.lines], promotion_ids: [...input.promotion_ids] }),
  withdraw: async (order_id) => {
    // An unknown outcome must not hide why the order was refused. The job that confirms redemptions returns the uses.
    await call(withdrawCall, { order_id }).catch((error: unknown) => {
      if (!(error instanceof Unavailable)) throw error
    })
  },
})
