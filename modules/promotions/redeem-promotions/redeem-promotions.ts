import { createHash } from 'node:crypto'
import { transaction } from '#platform/db'
import { isRefusal, Unavailable } from '#platform/outcome'
import { canonicalJson, type Clock } from '#platform/values'
import type { PromotionsApi, RedeemInput, RedeemOutcome } from '../api.ts'
import { codeOf, isOpen, reasonAgainst, type OrderFacts, type Promotion } from '../promotion.ts'
import { quoteOf, quoteWithout, type Candidates, type FindCoupon, type LoadOrderFacts } from '../quote.ts'
import type { BuyerKeysOf } from '../store/buyer-keys.ts'
import type { ActivePromotions } from '../store/active-promotions.ts'
import { findByCode, listByIds } from '../store/promotions.ts'
import type { PromotionsDb } from '../store/tables.ts'
import { claimRedemption, saveRedemption, type NewRedemption } from './save-redemption.ts'

type Needs = Readonly<{
  db: PromotionsDb
  now: Clock
  active: ActivePromotions
  buyerKeysOf: BuyerKeysOf
  findCoupon: FindCoupon
  factsOf: PromotionsApi['factsOf']
  loadOrderFacts: LoadOrderFacts
}>

/** Each round sees newer terms or one promotion less; staff do not change one ten times in a moment. */
const maxRounds = 10

/**
 * Prices the order and counts the uses in one statement, which checks the limits for the last time. A promotion whose last use
 * was taken meanwhile is left out, and the order is priced again. It publishes nothing: the order that follows does.
 */
export const redeemPromotions =
  (needs: Needs): PromotionsApi['redeem'] =>
  async (input) => {
    const { automatic } = await needs.active.list()
    if (automatic.length === 0 && input.coupon === null) return { kind: 'redeemed', quote: quoteWithout(input) }
    const coupon = await couponOf(needs, input)
    if (isRefusal(coupon)) return coupon
    let candidates: Candidates = { automatic, coupon }
    const buyer = await needs.factsOf(input.buyer)
    for (let round = 1; round <= maxRounds; round++) {
      const promotions = promotionsOf(candidates)
      const facts = await needs.loadOrderFacts({ input, buyer, promotions, order_id: input.order_id })
      const order = { order_id: input.order_id, input_hash: hashOf(input), redeemed_at: facts.now }
      const claimed = hasReachedLimit(facts, promotions) ? await claimRedemption(needs.db, order) : undefined
      if (claimed) return { kind: 'redeemed', quote: claimed }
      const decided = decideRedemption(input, facts, candidates)
      if (decided.kind !== 'priced') return decided
      const redemption = { ...order, ...decided, buyer_keys: needs.buyerKeysOf(input.buyer) }
      const saved = await transaction(needs.db, (tx) => saveRedemption(tx, redemption))
      if (saved.kind === 'redeemed' || saved.reason === 'id-taken') return saved
      needs.active.clear()
      candidates = await refreshed(needs, candidates)
    }
    throw new Unavailable('promotions')
  }

const promotionsOf = ({ automatic, coupon }: Candidates) =>
  coupon?.promotion ? [...automatic, coupon.promotion] : automatic

/**
 * An unknown coupon refuses an order that requires it. The coupon of a cart was found when it was put there, so that it is no
 * guess; it may have ended since.
 */
async function couponOf({ db, now, findCoupon }: Needs, { coupon: code, attempted_by, requiresCoupon }: RedeemInput) {
  if (code === null) return null
  if (!requiresCoupon) {
    const promotion = await findByCode(db, codeOf(code))
    return { code, promotion: promotion && isOpen(promotion, now()) ? promotion : undefined }
  }
  const found = await findCoupon({ code, attempted_by })
  return found.kind === 'found' ? { code: found.code, promotion: found.promotion } : found
}

/** The use that fills a limit may be the use of an earlier attempt to place this order. */
const hasReachedLimit = (facts: OrderFacts, promotions: readonly Promotion[]): boolean =>
  promotions.some((each) => limits.has(reasonAgainst(each, facts)))

type Priced = Readonly<{ kind: 'priced' }> & Pick<NewRedemption, 'quote' | 'uses'>

/** Decides the price. Only a price with discounts has uses to save. */
function decideRedemption(input: RedeemInput, facts: OrderFacts, candidates: Candidates): Priced | RedeemOutcome {
  const quote = quoteOf(facts, candidates)
  const { reason = null } = quote.coupon ?? {}
  if (input.requiresCoupon && reason !== null && reason !== 'better-promotion') {
    return { kind: 'refused', reason: 'coupon-not-applicable', coupon_reason: reason }
  }
  if (quote.discounts.length === 0) return { kind: 'redeemed', quote }
  const versions = new Map(promotionsOf(candidates).map(({ id, version }) => [id, version]))
  const uses = quote.discounts.map(({ promotion_id, amount }) => {
    return { promotion_id, discount_amount: amount, version: versions.get(promotion_id) ?? 0 }
  })
  return { kind: 'priced', quote, uses }
}

const limits: ReadonlySet<ReturnType<typeof reasonAgainst>> = new Set(['used-up', 'used-up-by-you'])

const hashOf = ({ buyer, coupon, lines, currency, delivery_fee }: RedeemInput): Buffer =>
  createHash('sha256').update(canonicalJson({ buyer, coupon, lines, currency, delivery_fee })).digest()

/** The same promotions as they are now, without those that were switched off. */
async function refreshed({ db, now }: Needs, { automatic, coupon }: Candidates): Promise<Candidates> {
  const rows = await listByIds(
    db,
    promotionsOf({ automatic, coupon }).map(({ id }) => id),
  )
  const open = rows.filter((each) => isOpen(each, now()))
  const given = open.find(({ code }) => code !== null && code === coupon?.promotion?.code)
  return {
    automatic: open.filter(({ code }) => code === null),
    coupon: coupon && { code: coupon.code, promotion: given },
  }
}
