import { Type } from 'typebox'
import { defineCall } from '#platform/calls'
import { Amount, Currency, Id, LocalizedText, Nullable, Time } from '#platform/schema'

const quantity = Type.Integer({ minimum: 1, maximum: 1_000_000 })
const Item = Type.Union([Type.Object({ variant_id: Id, quantity }), Type.Object({ flower_id: Id, quantity })])
const Ids = Type.Array(Id, { maxItems: 1000 })
const Done = Type.Object({})

const Line = Type.Object({
  variant_id: Type.String(),
  product_id: Type.String(),
  sku: Type.String(),
  title: LocalizedText,
  price: Type.Integer(),
  weight_grams: Type.Integer(),
  quantity: Type.Integer(),
  components: Type.Optional(Type.Array(Type.Object({ variant_id: Type.String(), quantity: Type.Integer() }))),
})

const kind = Type.Literal('refused')
const variant_ids = Type.Array(Type.String())
const HoldOutcome = Type.Union([
  Type.Object({
    kind: Type.Literal('held'),
    lines: Type.Array(Line),
    total_amount: Type.Integer(),
    currency: Type.String(),
  }),
  Type.Object({ kind, reason: Type.Literal('not-for-sale'), variant_ids }),
  Type.Object({ kind, reason: Type.Literal('out-of-stock'), variant_ids }),
  Type.Object({ kind, reason: Type.Literal('price-changed'), total_amount: Type.Integer(), currency: Currency }),
  Type.Object({ kind, reason: Type.Literal('mixed-currencies') }),
  Type.Object({ kind, reason: Type.Literal('order-closed') }),
  Type.Object({ kind, reason: Type.Literal('id-taken') }),
])

const IdleSince = Type.Object({ held_before: Time, expires_before: Time })
const IdleHold = Type.Object({ order_id: Id, expires_at: Time })

export const holdCall = defineCall({
  path: 'catalog/hold',
  input: Type.Object({
    order_id: Id,
    items: Type.Array(Item, { minItems: 1, maxItems: 1000 }),
    expected_total: Type.Optional(Amount),
    expires_at: Time,
  }),
  output: HoldOutcome,
  repeat: 'Claims the hold of the order again, and answers with its lines.',
})

/** A repeat would withdraw the claim of another attempt. */
export const withdrawHoldCall = defineCall({
  path: 'catalog/withdraw-hold',
  input: Type.Object({ order_id: Id }),
  output: Done,
})

export const expireHoldCall = defineCall({
  path: 'catalog/expire-hold',
  input: Type.Object({ order_id: Id }),
  output: Done,
  repeat: 'Finds no hold, and changes nothing.',
})

export const listIdleHoldsCall = defineCall({
  path: 'catalog/list-idle-holds',
  input: Type.Object({ since: IdleSince, after: IdleHold, limit: Type.Integer({ minimum: 1, maximum: 1000 }) }),
  output: Type.Object({ holds: Type.Array(Type.Object({ order_id: Type.String(), expires_at: Time })) }),
  repeat: 'Reads again.',
})

export const expireIdleHoldsCall = defineCall({
  path: 'catalog/expire-idle-holds',
  input: Type.Object({ order_ids: Ids, since: IdleSince }),
  output: Type.Object({ order_ids: Type.Array(Type.String()) }),
  repeat: 'Expires those that are still idle, and names only these.',
})

export const exportAlertsCall = defineCall({
  path: 'catalog/export-alerts',
  input: Type.Object({ user_id: Id }),
  output: Type.Object({ alerts: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  repeat: 'Reads again.',
})

export const exportReviewsCall = defineCall({
  path: 'catalog/export-reviews',
  input: Type.Object({ user_id: Id }),
  output: Type.Object({ reviews: Type.Array(Type.Object({}, { additionalProperties: true })) }),
  repeat: 'Reads again.',
})

const Offer = Type.Object({
  variant_id: Type.String(),
  product_id: Type.String(),
  slug: Type.String(),
  title: LocalizedText,
  image: Nullable(Type.String()),
  price: Type.Integer(),
  currency: Type.String(),
  weight_grams: Type.Integer(),
  available: Nullable(Type.Integer()),
})

export const offersOfCall = defineCall({
  path: 'catalog/offers-of',
  input: Type.Object({ variant_ids: Ids }),
  output: Type.Object({ offers: Type.Array(Offer) }),
  repeat: 'Reads again.',
})
