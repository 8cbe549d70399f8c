import type { Refused, UnitOfWork } from '#platform/outcome'
import type { BuyerFacts, FindCouponInput, Quote, QuoteInput, TooManyCoupons } from './api.ts'
import { priceOf, type PricedGoods } from './pricing.ts'
import { benefitOf, isOpen, reasonAgainst, type OrderFacts, type Promotion } from './promotion.ts'

/** The promotions that may apply: those without a code, and the one of the coupon. */
export type Candidates = Readonly<{
  automatic: readonly Promotion[]
  /** The code that the buyer gave. `promotion`: undefined when it does not exist any more. */
  coupon: Readonly<{ code: string; promotion: Promotion | undefined }> | null
}>

/** Prices an order with the promotions that apply to it, and says why the coupon does not. */
export function quoteOf(order: OrderFacts, { automatic, coupon }: Candidates): Quote {
  const given = coupon?.promotion
  const couponReason = given === undefined ? 'ended' : reasonAgainst(given, order)
  const promotions = automatic.filter((each) => isOpen(each, order.now) && reasonAgainst(each, order) === undefined)
  if (given !== undefined && couponReason === undefined) promotions.push(given)
  const price = priceOf(
    order,
    promotions.map((each) => benefitOf(each, order, each === given)),
  )
  const byId = new Map(promotions.map((each) => [each.id, each]))
  const discounts = price.applied.flatMap(({ promotion_id, amount }) => {
    const found = byId.get(promotion_id)
    if (!found) return []
    const { code, name, kind, first_order, max_uses_per_buyer } = found
    return [{ promotion_id, code, name, kind, amount, is_checked_at_order: first_order || max_uses_per_buyer !== null }]
  })
  const isApplied = price.applied.some(({ promotion_id }) => promotion_id === given?.id)
  const reason = isApplied ? null : (couponReason ?? 'better-promotion')
  return { ...price, discounts, coupon: coupon && { code: coupon.code, reason } }
}

/** The price of goods without any promotion. */
export const quoteWithout = (order: PricedGoods): Quote => ({
  ...priceOf(order, []),
  discounts: [],
  coupon: null,
})

type FoundCoupon = Readonly<{ kind: 'found'; code: string; promotion: Promotion }>

/** Finds the promotion of a coupon, under the limit of attempts. */
export type FindCoupon = (input: FindCouponInput) => Promise<FoundCoupon | Refused<'coupon-unknown'> | TooManyCoupons>

type Load = Readonly<{
  input: QuoteInput
  buyer: BuyerFacts
  promotions: readonly Promotion[]
  /** Undefined for a quote. */
  order_id?: string
  over?: UnitOfWork | undefined
}>

/** Loads the facts of an order that the promotions ask for. */
export type LoadOrderFacts = (load: Load) => Promise<OrderFacts>
