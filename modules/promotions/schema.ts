import { Type, type Static } from 'typebox'
import {
  Closed,
  Currency,
  Id,
  KnownCurrency,
  Moment,
  named,
  Nullable,
  OneOf,
  Text,
  Time,
  type Shape,
} from '#platform/schema'
import { couponExample } from './examples.ts'

export const promotionKinds = ['percentage', 'fixed_amount', 'free_delivery'] as const
const PromotionKind = OneOf(promotionKinds)
export type PromotionKind = Static<typeof PromotionKind>

/** Why a coupon gives no discount. */
export const couponReasons = [
  'ended',
  'other-currency',
  'not-for-these-goods',
  'below-minimum',
  'not-first-order',
  'used-up',
  'used-up-by-you',
  'no-delivery-fee',
  'better-promotion',
] as const
export const CouponReason = named(
  'CouponReason',
  OneOf(couponReasons, {
    description:
      'Why the coupon gives no discount. `better-promotion`: other promotions, which cannot be combined with it, give more. `no-delivery-fee`: it pays for the delivery, which is free.',
  }),
)
export type CouponReason = Static<typeof CouponReason>

export const CheckedAtOrder = Type.Boolean({
  description:
    'The promotion is for first orders, or has a limit for each buyer: the order checks it, also by its e-mail and phone, and refuses with `price-changed` when it gives no discount',
})

/** The greatest price of a thing: 100,000,000.00. */
const greatestAmount = 10_000_000_000
const greatestTotal = 99_000_000_000_000

const bothLanguages = Closed({ ru: Text(200, { minLength: 1 }), en: Text(200, { minLength: 1 }) })

/** A code as people type it: letters of any case. It is stored in capitals. */
export const CouponCode = Text(40, {
  minLength: 3,
  pattern: '^ *[A-Za-zА-Яа-яЁё0-9][A-Za-zА-Яа-яЁё0-9_-]{2,39} *$',
  description: 'Latin or Russian letters, digits, - and _; upper and lower case are the same.',
})

const percent = Type.Integer({ minimum: 1, maximum: 100, description: 'The percentage of the discount.' })
const amount = Type.Integer({
  minimum: 1,
  maximum: greatestAmount,
  description: 'The discount of a fixed amount, in minor units.',
})
const limit = (description: string) => Type.Integer({ minimum: 1, maximum: 1_000_000_000, description })

const facts = {
  name: named('PromotionName', bothLanguages),
  kind: PromotionKind,
  currency: KnownCurrency,
}

const terms = {
  code: Nullable(Type.String({ description: 'The code of the coupon; null when the promotion applies by itself.' })),
  percent: Nullable(percent),
  amount: Nullable(amount),
  minimum_total: Nullable(
    Type.Integer({
      minimum: 1,
      maximum: greatestTotal,
      description: 'The least sum of the goods that the promotion is for, before any discount; minor units.',
    }),
  ),
  category_ids: Type.Array(Id, {
    maxItems: 50,
    description:
      'The promotion is for goods in these categories and the categories inside them; an empty list means all goods.',
  }),
  first_order: Type.Boolean({ description: 'Only for the first order of a buyer.' }),
  combinable: Type.Boolean({
    description:
      'True when the promotion applies together with other combinable promotions; otherwise the buyer gets the better one.',
  }),
  max_uses: Nullable(limit('In total; null means no limit.')),
  max_uses_per_buyer: Nullable(limit('Per account, or per e-mail and phone of a guest; null means no limit.')),
  starts_at: Nullable(Moment),
  ends_at: Nullable(Moment),
  is_active: Type.Boolean(),
  returns_use_on_refund: Type.Boolean({
    description: 'A full refund after the delivery returns the use. A cancelled order always does.',
  }),
}

/** Everything that staff decide about a promotion. */
export const PromotionTerms = Type.Object({ ...facts, ...terms })
export type PromotionTerms = Shape<typeof PromotionTerms>

export const CreatePromotionBody = named(
  'CreatePromotionBody',
  Closed(
    {
      id: Type.Optional(Id),
      ...facts,
      currency: Type.Optional(facts.currency),
      ...Type.Partial(Type.Object({ ...terms, code: Nullable(CouponCode) })).properties,
    },
    { examples: [couponExample] },
  ),
)
export type CreatePromotionBody = Shape<typeof CreatePromotionBody>

export const ChangePromotionBody = named(
  'ChangePromotionBody',
  Type.Partial(Closed({ ...facts, ...terms, code: Nullable(CouponCode) }), {
    additionalProperties: false,
    minProperties: 1,
  }),
)
export type ChangePromotionBody = Shape<typeof ChangePromotionBody>

const promotion = {
  id: Id,
  ...facts,
  currency: Currency,
  ...terms,
  uses: Type.Integer({ minimum: 0, description: 'Uses by orders that are not cancelled.' }),
  created_at: Time,
  updated_at: Time,
}
export const PromotionView = named('Promotion', Type.Object(promotion))
export type PromotionView = Shape<typeof PromotionView>

const PromotionChange = named(
  'PromotionChange',
  Type.Object({
    user_id: Nullable(Id),
    changed_at: Time,
    before: Nullable(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'The values before the change; null when the promotion was created.',
      }),
    ),
    after: Type.Record(Type.String(), Type.Unknown()),
  }),
)

/** A promotion with the changes that staff made to it. */
export const PromotionDetails = named(
  'PromotionDetails',
  Type.Object({
    ...promotion,
    changes: Type.Array(PromotionChange, { maxItems: 100, description: 'Newest first, at most a hundred.' }),
  }),
)
export type PromotionDetails = Shape<typeof PromotionDetails>
