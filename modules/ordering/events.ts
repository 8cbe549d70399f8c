import { Type } from 'typebox'
import { paymentCancellationRequestedOf, paymentRequestedOf, refundRequestedOf } from '#payments/events'
import { defineEvent } from '#platform/events'
import { Amount, Currency, Id, LocalizedText, Nullable, OneOf, Time } from '#platform/schema'
import { Address, DeliveryMethod, OrderStatus, PaymentMethod } from './schema.ts'

export { maxLines, maxPieces } from './request-schema.ts'
export { Address, addressParts, DeliveryMethod, deliveryMethods } from './schema.ts'

const order = { order_id: Id, user_id: Id }
const reason = Type.String({ description: 'Why the order is cancelled: customer, staff, payment-timeout …' })

export const orderCreated = defineEvent('ordering.order-created.v1', {
  description: 'A customer placed an order; the stock is held.',
  alias: 'order.created',
  key: 'order_id',
  payload: Type.Object({
    ...order,
    number: Type.String(),
    items: Type.Array(
      Type.Object({
        variant_id: Id,
        product_id: Id,
        sku: Type.String(),
        title: Type.String(),
        quantity: Type.Integer({ minimum: 1 }),
        price: Amount,
        discount_amount: Type.Optional(Amount),
      }),
    ),
    total_amount: Amount,
    discount_amount: Type.Optional(Amount),
    delivery_fee: Type.Optional(Amount),
    coupon: Type.Optional(Nullable(Type.String({ description: 'The coupon that leaves the cart with the items.' }))),
    currency: Currency,
    payment_method: PaymentMethod,
    delivery_method: DeliveryMethod,
    from_cart: Type.Boolean({ description: 'The ordered quantities leave the cart.' }),
  }),
})

/** A line as the catalog holds it. */
const HeldItem = Type.Object({
  variant_id: Id,
  product_id: Id,
  sku: Type.String(),
  title: LocalizedText,
  price: Amount,
  weight_grams: Type.Integer({ minimum: 0 }),
  quantity: Type.Integer({ minimum: 1 }),
  components: Type.Optional(Type.Array(Type.Object({ variant_id: Id, quantity: Type.Integer({ minimum: 1 }) }))),
})

export const orderEdited = defineEvent('ordering.order-edited.v1', {
  description:
    'Staff changed an unpaid order. The catalog gives its hold the new goods; what the edit added is held under `added_hold_id`.',
  key: 'order_id',
  payload: Type.Object({
    ...order,
    revision: Type.Integer({ minimum: 2, description: 'How often the order has been edited, from 2' }),
    items: Type.Array(HeldItem),
    total_amount: Amount,
    currency: Currency,
    added_hold_id: Nullable(Id),
    held_until: Time,
  }),
})

export const paymentRequested = paymentRequestedOf('ordering')
export const paymentCancellationRequested = paymentCancellationRequestedOf('ordering')
export const refundRequested = refundRequestedOf('ordering')

export const orderPaid = defineEvent('ordering.order-paid.v1', {
  description: 'The payment of an order is completed.',
  alias: 'OrderPaid',
  key: 'order_id',
  payload: Type.Object({ ...order, payment_id: Id }),
})

export const shipmentRequested = defineEvent('ordering.shipment-requested.v1', {
  description:
    'An order is paid, or accepted for cash: its hold becomes firm and delivery makes a shipment. A repeat changes nothing.',
  key: 'order_id',
  payload: Type.Object({
    ...order,
    number: Type.String(),
    method: DeliveryMethod,
    pickup_point_id: Type.Optional(Nullable(Id)),
    delivery_address: Nullable(Address),
    recipient_name: Nullable(Type.String()),
    recipient_phone: Nullable(Type.String()),
    comment: Nullable(Type.String()),
    weight_grams: Type.Integer({ minimum: 0 }),
    cash_to_collect: Amount,
    currency: Currency,
  }),
})

export const shipmentCancellationRequested = defineEvent('ordering.shipment-cancellation-requested.v1', {
  description: 'An order no longer needs its shipment: delivery cancels it, or answers that the parcel is on its way.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, reason }),
})

export const orderOwnerChanged = defineEvent('ordering.order-owner-changed.v1', {
  description:
    'An order now belongs to another account: the account verified the e-mail of a guest’s order, accounts were merged, or a merge was reverted.',
  key: 'order_id',
  payload: Type.Object(order),
})

export const orderStatusChanged = defineEvent('ordering.order-status-changed.v1', {
  description: 'An order moved from one status to the next.',
  alias: 'order.status_changed',
  key: 'order_id',
  payload: Type.Object({ ...order, from: OrderStatus, to: OrderStatus, reason: Nullable(reason) }),
})

export const orderCancelled = defineEvent('ordering.order-cancelled.v1', {
  description: 'An order ended without a sale: money refunded, shipment cancelled; catalog releases its hold.',
  alias: 'order.cancelled',
  key: 'order_id',
  payload: Type.Object({
    ...order,
    reason,
    number: Type.Optional(Type.String()),
    goods_left: Type.Optional(
      Type.Boolean({ description: 'The parcel had left the shop: its goods cannot be sold before they are back' }),
    ),
  }),
})

export const returnExpected = defineEvent('ordering.return-expected.v1', {
  description:
    'The parcel of an order left the shop and did not reach its customer: its goods come back, also while the bank refuses the refund.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, number: Type.String() }),
})

export const orderFulfilled = defineEvent('ordering.order-fulfilled.v1', {
  description: 'The customer has the goods: holds become sales, cash becomes a completed payment.',
  alias: 'order.fulfilled',
  key: 'order_id',
  payload: Type.Object({ ...order, payment_method: PaymentMethod }),
})

const customerReturn = { return_id: Id, order_id: Id }

export const returnRequested = defineEvent('ordering.return-requested.v1', {
  description: 'A buyer wants to send back goods of a fulfilled order; staff decide.',
  key: 'order_id',
  payload: Type.Object({
    ...customerReturn,
    items: Type.Array(Type.Object({ variant_id: Id, quantity: Type.Integer({ minimum: 1 }) })),
  }),
})

export const returnDecided = defineEvent('ordering.return-decided.v1', {
  description: 'Staff approved or refused the return of a buyer.',
  key: 'order_id',
  payload: Type.Object({ ...customerReturn, decision: OneOf(['approved', 'refused']) }),
})

export const returnReceived = defineEvent('ordering.return-received.v1', {
  description: 'Staff received the goods of a return, and know what is due for them: its refund is awaited.',
  key: 'order_id',
  payload: Type.Object({
    ...customerReturn,
    refundable_amount: Type.Integer({ minimum: 0, description: 'Minor units; the most that is refunded for it' }),
    currency: Currency,
  }),
})

export const goodsReturned = defineEvent('ordering.goods-returned.v1', {
  description: 'Staff received goods that a buyer sent back: the catalog puts the sellable pieces on hand.',
  key: 'order_id',
  payload: Type.Object({
    ...customerReturn,
    items: Type.Array(
      Type.Object({
        variant_id: Type.String({ ...Id, description: 'With its own stock: a bundle comes back as its components' }),
        sellable: Type.Integer({ minimum: 1 }),
      }),
    ),
  }),
})

export const returnRefunded = defineEvent('ordering.return-refunded.v1', {
  description: 'The return of a buyer has ended: its refund is done, or there was nothing to refund.',
  key: 'order_id',
  payload: Type.Object({
    ...customerReturn,
    refund_amount: Amount,
    currency: Currency,
    whole_order: Type.Boolean({ description: 'All goods of the order are back, and all that was paid for them' }),
  }),
})

export const orderingEvents = [
  orderCreated,
  orderEdited,
  paymentRequested,
  paymentCancellationRequested,
  orderPaid,
  shipmentRequested,
  shipmentCancellationRequested,
  orderOwnerChanged,
  orderStatusChanged,
  returnExpected,
  orderCancelled,
  orderFulfilled,
  returnRequested,
  returnDecided,
  returnReceived,
  goodsReturned,
  refundRequested,
  returnRefunded,
]
