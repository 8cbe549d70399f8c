import type { CatalogApi } from '#catalog'
import type { OrderingApi } from '#ordering'
import { openLimiter, type Rates } from '#platform/limits'
import type { Module } from '#platform/module'
import type { Clock } from '#platform/values'
import { answerCallsRoutes } from './answer-calls/route.ts'
import type { PromotionsApi } from './api.ts'
import { changeBuyerSubscription } from './change-buyer/subscriber.ts'
import { changePromotion } from './change-promotion/change-promotion.ts'
import { changePromotionRoute } from './change-promotion/route.ts'
import { promotionsChecks } from './checks.ts'
import { confirmRedemptions } from './confirm-redemptions/confirm-redemptions.ts'
import { confirmRedemptionsJob } from './confirm-redemptions/job.ts'
import { createPromotion } from './create-promotion/create-promotion.ts'
import { createPromotionRoute } from './create-promotion/route.ts'
import { deletePromotion } from './delete-promotion/delete-promotion.ts'
import { deletePromotionRoute } from './delete-promotion/route.ts'
import { findCoupon } from './find-coupon/find-coupon.ts'
import { listPromotions, showPromotion } from './list-promotions/query.ts'
import { listPromotionsRoutes } from './list-promotions/route.ts'
import { findBuyerFacts } from './quote-price/find-buyer-facts.ts'
import { loadOrderFacts } from './quote-price/load-order-facts.ts'
import { quotePrice } from './quote-price/quote-price.ts'
import { redeemPromotions } from './redeem-promotions/redeem-promotions.ts'
import { releaseRedemptionsSubscriptions } from './release-redemptions/subscriber.ts'
import { repriceOrder } from './reprice-order/reprice-order.ts'
import { buyerKeys } from './store/buyer-keys.ts'
import { activePromotions } from './store/active-promotions.ts'
import type { PromotionsDb } from './store/tables.ts'
import { withdrawRedemption } from './withdraw-redemption/withdraw-redemption.ts'

export type { PromotionsApi } from './api.ts'
export { remotePromotions } from './remote.ts'

type Needs = Readonly<{
  db: PromotionsDb
  now: Clock
  /** Hashes the contacts by which uses count. */
  buyerKeySecret: string
  /** The rates `coupon` and `coupon-of-address` limit the attempts to guess a code. */
  limits: Rates
  catalog: Pick<CatalogApi, 'categoriesOf'>
  ordering: Pick<OrderingApi, 'hasOrdered' | 'promotionsOf'>
}>

/** Promotions and coupons: discounts on goods and on delivery, and the limits of their uses. */
export function promotions(needs: Needs): Module<PromotionsApi> {
  const { db, now } = needs
  const active = activePromotions(db)
  const factsOf = findBuyerFacts({ ...needs, active })
  const find = findCoupon({
    db,
    now,
    limiter: openLimiter(needs.limits, { name: 'coupons', now: () => now().getTime() }),
  })
  const buyerKeysOf = buyerKeys(needs.buyerKeySecret)
  const facts = { factsOf, loadOrderFacts: loadOrderFacts({ ...needs, buyerKeysOf }) }
  const parts = { ...needs, ...facts, active, buyerKeysOf, findCoupon: find }
  const api: PromotionsApi = {
    findCoupon: async (input) => {
      const found = await find(input)
      return found.kind === 'found' ? { kind: 'found', code: found.code } : found
    },
    factsOf,
    quote: quotePrice(parts),
    redeem: redeemPromotions(parts),
    reprice: repriceOrder(parts),
    withdraw: withdrawRedemption(db),
  }
  return {
    name: 'promotions',
    description: 'Promotions and coupons: discounts on goods and on delivery, and the limits of their uses.',
    api,
    internal: [answerCallsRoutes(api)],
    routes: [
      createPromotionRoute({ createPromotion: createPromotion(parts) }),
      changePromotionRoute({ changePromotion: changePromotion(parts) }),
      deletePromotionRoute({ deletePromotion: deletePromotion(parts) }),
      listPromotionsRoutes({ listPromotions: listPromotions(db), showPromotion: showPromotion(db) }),
    ],
    subscriptions: [...releaseRedemptionsSubscriptions, changeBuyerSubscription],
    jobs: [confirmRedemptionsJob({ confirmRedemptions: confirmRedemptions(needs) })],
    checks: promotionsChecks(db),
  }
}
