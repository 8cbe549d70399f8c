import { Type, type Static } from 'typebox'
import { RefundRefusal } from '#payments/events'
import {
  Amount,
  Closed,
  Currency,
  Id,
  MultilineText,
  named,
  Nullable,
  OneOf,
  Page,
  PageQuery,
  type Shape,
  Time,
} from '#platform/schema'
import { maxLines } from '../request-schema.ts'

/** `refunding`: payments has not answered yet. `refunded` also ends a return for which nothing is due. */
export const returnStatuses = ['requested', 'approved', 'refused', 'received', 'refunding', 'refunded'] as const
export const ReturnStatus = OneOf(returnStatuses)
export type ReturnStatus = Static<typeof ReturnStatus>

/** 99 pieces in each of 100 items, if all name one variant. */
const maxQuantity = 9900
const Pieces = Type.Integer({ minimum: 0, maximum: maxQuantity })

const variant_id = Id
const words = (description: string) => MultilineText(1000, { minLength: 1, description })

const requestedItem = { variant_id, quantity: Type.Integer({ minimum: 1, maximum: maxQuantity }) }
export const RequestReturnBody = named(
  'RequestReturnBody',
  Closed({
    items: Type.Array(Closed(requestedItem), { minItems: 1, maxItems: maxLines }),
    reason: words('Why the goods come back, in your own words'),
  }),
)

/** Pieces of a variant, as the members of a problem say them. */
export const ReturnItem = named('ReturnItem', Type.Object({ variant_id, quantity: Type.Integer() }))
export type ReturnItem = Static<typeof ReturnItem>

export const ApproveReturnBody = named(
  'ApproveReturnBody',
  Closed({ answer: Type.Optional(words('To the buyer: where to bring or send the goods')) }),
)
export const RefuseReturnBody = named(
  'RefuseReturnBody',
  Closed({ answer: words('To the buyer: why the shop does not take the goods back') }),
)

const sellable = Type.Integer({ ...Pieces, description: 'Pieces that go back on sale' })
const damaged = Type.Integer({ ...Pieces, description: 'Pieces that came back and cannot be sold' })
const missing = Type.Integer({ ...Pieces, description: 'Pieces that did not come back' })

/** How many pieces of a line staff received, and in which condition. */
export type PieceCount = Readonly<{ variant_id: string; sellable: number; damaged: number; missing: number }>

export const ReceiveReturnBody = named(
  'ReceiveOrderReturnBody',
  Closed({
    items: Type.Array(
      Closed({ variant_id, sellable, damaged: Type.Optional(damaged), missing: Type.Optional(missing) }),
      { minItems: 1, maxItems: maxLines, description: 'Every variant of the return once, with all of its pieces' },
    ),
    note: Type.Optional(words('For staff')),
  }),
)
export const RefundReturnBody = named(
  'RefundReturnBody',
  Closed({
    amount: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'Minor units; `refundable_amount` when absent. 0 ends a return for which nothing is due.',
      }),
    ),
  }),
)

const line = {
  variant_id,
  sku: Type.String(),
  title: Type.String(),
  quantity: Type.Integer(),
  sellable: Nullable(sellable),
  damaged: Nullable(damaged),
  missing: Nullable(missing),
  amount: Nullable(Type.Integer({ description: 'The sum paid for the pieces that the shop received' })),
}
const view = {
  id: Id,
  order_id: Id,
  status: ReturnStatus,
  reason: Nullable(Type.String()),
  answer: Nullable(Type.String({ description: 'From the shop: where to send the goods, or why it refuses them' })),
  items: Type.Array(named('ReturnLine', Type.Object(line))),
  refundable_amount: Nullable(Type.Integer({ description: 'The most that may be refunded; null until the receipt' })),
  refund_amount: Nullable(Amount),
  currency: Currency,
  created_at: Time,
  updated_at: Time,
}
export const ReturnView = named('OrderReturn', Type.Object(view))
export type ReturnView = Shape<typeof ReturnView>

export const AdminReturnView = named(
  'AdminOrderReturn',
  Type.Object({
    ...view,
    order_number: Type.String(),
    note: Nullable(Type.String()),
    received_at: Nullable(Time),
    refund_refused_reason: Nullable(RefundRefusal),
    refund_refused_at: Nullable(
      Type.String({ ...Time, description: 'When payments refused the last refund: refund again, or a smaller sum' }),
    ),
  }),
)
export type AdminReturnView = Shape<typeof AdminReturnView>

/** A page of the returns of an order, and what its buyer may still send back. */
export const OrderReturns = named(
  'OrderReturns',
  Type.Object({
    ...Page(ReturnView).properties,
    returnable: Type.Array(ReturnItem, {
      maxItems: maxLines,
      description: 'Empty before the delivery; after `return_until` the pieces that a return missed',
    }),
    return_until: Nullable(Time),
  }),
)
export type OrderReturns = Shape<typeof OrderReturns>

export const returnFilter = {
  ...PageQuery,
  status: Type.Optional(ReturnStatus),
  order_id: Type.Optional(Id),
}
