import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Id, LocalizedText, Nullable, OneOf } from '#platform/schema'
import { couponReasons, promotionKinds } from './schema.ts'

const Reason = OneOf(couponReasons)
const integer = Type.Integer()
const Buyer = Type.Object({
  user_id: Nullable(Id),
  email: Nullable(Type.String({ maxLength: 254 })),
  phone: Nullable(Type.String({ maxLength: 100 })),
  is_verified: Type.Optional(Type.Boolean()),
})
const AttemptedBy = Type.Object({
  guesser: Nullable(Type.String({ maxLength: 200 })),
  is_verified: Type.Boolean(),
  address: Type.String({ maxLength: 200 }),
})

const goods = {
  buyer: Buyer,
  coupon: Nullable(Type.String({ maxLength: 100 })),
  lines: Type.Array(Type.Object({ product_id: Id, price: integer, quantity: integer }), { maxItems: 1000 }),
  currency: Type.String({ maxLength: 3 }),
}

const Quote = Type.Object({
  items_amount: integer,
  discount_amount: integer,
  delivery_fee: integer,
  delivery_discount: integer,
  total_amount: integer,
  line_discounts: Type.Array(integer),
  applied: Type.Array(Type.Object({ promotion_id: Type.String(), amount: integer })),
  discounts: Type.Array(
    Type.Object({
      promotion_id: Type.String(),
      code: Nullable(Type.String()),
      name: LocalizedText,
      kind: OneOf(promotionKinds),
      amount: integer,
      is_checked_at_order: Type.Boolean(),
    }),
  ),
  coupon: Nullable(Type.Object({ code: Type.String(), reason: Nullable(Reason) })),
})

const kind = Type.Literal('refused')
const TooMany = Type.Object({ kind, reason: Type.Literal('too-many-coupons'), retry_after: integer })
const Unknown = Type.Object({ kind, reason: Type.Literal('coupon-unknown') })

export const quoteCall = defineCall({
  path: 'promotions/quote',
  input: Type.Object({
    ...goods,
    delivery_fee: Nullable(integer),
    facts: Type.Object({ isFirstOrder: Type.Boolean() }),
  }),
  output: Quote,
  repeat: 'Reads again.',
})

export const factsOfCall = defineCall({
  path: 'promotions/facts-of',
  input: Buyer,
  output: Type.Object({ isFirstOrder: Type.Boolean() }),
  repeat: 'Reads again.',
})

export const findCouponCall = defineCall({
  path: 'promotions/find-coupon',
  input: Type.Object({ code: Type.String({ maxLength: 100 }), attempted_by: AttemptedBy }),
  output: Type.Union([Type.Object({ kind: Type.Literal('found'), code: Type.String() }), Unknown, TooMany]),
  repeat: 'Reads again. An unknown code counts twice.',
})

export const redeemCall = defineCall({
  path: 'promotions/redeem',
  input: Type.Object({
    order_id: Id,
    ...goods,
    delivery_fee: integer,
    requiresCoupon: Type.Boolean(),
    attempted_by: AttemptedBy,
  }),
  output: Type.Union([
    Type.Object({ kind: Type.Literal('redeemed'), quote: Quote }),
    Type.Object({ kind, reason: Type.Literal('coupon-not-applicable'), coupon_reason: Reason }),
    Type.Object({ kind, reason: Type.Literal('id-taken') }),
    Unknown,
    TooMany,
  ]),
  repeat: 'Claims the redemption of the order again, and answers with its price.',
})

export const repriceCall = defineCall({
  path: 'promotions/reprice',
  input: Type.Object({
    promotion_ids: Type.Array(Id, { maxItems: 1000 }),
    lines: goods.lines,
    currency: goods.currency,
    delivery_fee: integer,
  }),
  output: Quote,
  repeat: 'Reads again.',
})

/** A repeat would withdraw the claim of another attempt. */
export const withdrawCall = defineCall({
  path: 'promotions/withdraw',
  input: Type.Object({ order_id: Id }),
  output: Type.Object({}),
})
