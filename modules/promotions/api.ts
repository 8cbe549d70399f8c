import type { Refused, UnitOfWork } from '#platform/outcome'
import type { Localized } from '#platform/values'
import type { Price } from './pricing.ts'
import type { CouponReason, PromotionKind } from './schema.ts'

export { CheckedAtOrder, couponReasons } from './schema.ts'

/**
 * The buyer of an order: an account or a guest, with the contacts of the order; with a cart they are not known yet.
 * `is_verified`: the account has proven the e-mail.
 */
export type PromotionBuyer = Readonly<{
  user_id: string | null
  email: string | null
  phone: string | null
  is_verified?: boolean
}>

/**
 * The buyer of a cart or a quote: the account, and its e-mail when it is proven. A guest counts as a new buyer, and so does an
 * e-mail that every visitor could have typed: a price that depends on it would show who has ordered.
 */
export const quotedBuyerOf = ({ user_id, email, is_verified = false }: QuotedAccount): PromotionBuyer => ({
  user_id,
  email: (is_verified && email) || null,
  phone: null,
  is_verified,
})
type QuotedAccount = Readonly<{
  user_id: string | null
  email?: string | undefined
  is_verified?: boolean | undefined
}>

/** A line of goods; its price in minor units a piece. */
export type QuoteLine = Readonly<{ product_id: string; price: number; quantity: number }>

/** The goods of an order and its delivery. */
export type QuoteInput = Readonly<{
  buyer: PromotionBuyer
  /** The code that the buyer gave. */
  coupon: string | null
  lines: readonly QuoteLine[]
  currency: string
  /** The fee in minor units; null while it is not known, as in a cart. */
  delivery_fee: number | null
}>

/**
 * A promotion that is used, with its discount in minor units. `is_checked_at_order`: it depends on what the buyer has ordered
 * before, so that the order checks it by the contacts, which a quote does not know.
 */
type Discount = Readonly<{
  is_checked_at_order: boolean
  promotion_id: string
  code: string | null
  name: Localized
  kind: PromotionKind
  amount: number
}>

/** The price of an order, its discounts, and whether the coupon gives one. `reason`: why it gives none. */
export type Quote = Price &
  Readonly<{
    discounts: readonly Discount[]
    coupon: Readonly<{ code: string; reason: CouponReason | null }> | null
  }>

/** The facts about a buyer that another module has. */
export type BuyerFacts = Readonly<{ isFirstOrder: boolean }>

/** `retry_after` is in seconds. */
export type TooManyCoupons = Refused<'too-many-coupons'> & Readonly<{ retry_after: number }>

/**
 * By whom attempts to guess a code count. `guesser`: the account or the cart; null without. `is_verified`: it is an account with
 * a proven mailbox or Telegram account. `address`: the network address.
 */
export type AttemptedBy = Readonly<{ guesser: string | null; is_verified: boolean; address: string }>
export type FindCouponInput = Readonly<{ code: string; attempted_by: AttemptedBy }>
export type FindCouponOutcome = Readonly<{ kind: 'found'; code: string }> | Refused<'coupon-unknown'> | TooManyCoupons

export type RedeemInput = QuoteInput &
  Readonly<{
    order_id: string
    delivery_fee: number
    /** A coupon that gives no discount refuses the order; otherwise the order is placed without it. */
    requiresCoupon: boolean
    attempted_by: AttemptedBy
  }>

export type RedeemOutcome =
  | Readonly<{ kind: 'redeemed'; quote: Quote }>
  | (Refused<'coupon-not-applicable'> & Readonly<{ coupon_reason: CouponReason }>)
  | Refused<'coupon-unknown' | 'id-taken'>
  | TooManyCoupons

/** The goods of an order after an edit, and the promotions that the order uses. */
type RepriceInput = Pick<QuoteInput, 'lines' | 'currency'> &
  Readonly<{ promotion_ids: readonly string[]; delivery_fee: number }>

/** The functions of promotions that other modules may call. */
export type PromotionsApi = Readonly<{
  /** Finds a coupon that buyers may know. Unknown codes count against a limit for `attempted_by`. */
  findCoupon: (input: FindCouponInput) => Promise<FindCouponOutcome>
  /** The facts that `quote` needs: reads them only while a promotion for first orders exists. Call it outside a transaction. */
  factsOf: (buyer: PromotionBuyer) => Promise<BuyerFacts>
  /**
   * The price of goods today, with the promotions that apply. Redeems nothing. Without a coupon and without a promotion that
   * applies by itself it reads nothing. A caller inside a transaction of the same service passes it as `over`.
   */
  quote: (input: QuoteInput & Readonly<{ facts: BuyerFacts }>, over?: UnitOfWork) => Promise<Quote>
  /**
   * Uses the promotions that apply to an order, before the order is saved. Idempotent by order id: a repeated call returns the
   * price of the first, and a call with other goods is refused with `id-taken`. An order that is never placed returns its uses.
   */
  redeem: (input: RedeemInput) => Promise<RedeemOutcome>
  /**
   * Withdraws one call of `redeem` for an order that was refused; with the last one its uses return. From another process it
   * may be lost: the uses then return within three minutes.
   */
  withdraw: (order_id: string) => Promise<void>
  /**
   * The price of an order that staff edit, with the promotions that it uses already, also when they have ended meanwhile. No
   * use returns: a promotion whose conditions the goods no longer meet gives no discount until a later edit.
   */
  reprice: (input: RepriceInput) => Promise<Quote>
}>
