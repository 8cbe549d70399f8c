import { Type } from 'typebox'
import { defineEvent } from '#platform/events'
import { paymentRequestedOf, paymentCancellationRequestedOf } from '#payments/events'

const Id = Type.String({ format: 'uuid' })
const Amount = Type.Integer({ minimum: 0, description: 'Minor units' })
const PaymentMethod = Type.Union([Type.Literal('online'), Type.Literal('cash_on_delivery')])
const DeliveryMethod = Type.Union([Type.Literal('pickup'), Type.Literal('courier'), Type.Literal('cdek')])

const Line = Type.Object({
  variant_id: Id,
  product_id: Id,
  sku: Type.String(),
  title: Type.String(),
  quantity: Type.Integer({ minimum: 1 }),
  price: Amount,
})

/** Where to: one line as typed, or its parts. */
export const Address = Type.Union([
  Type.String({ minLength: 3, maxLength: 500 }),
  Type.Object(
    {
      country: Type.String({ maxLength: 100 }),
      city: Type.String({ minLength: 1, maxLength: 100 }),
      street: Type.String({ minLength: 1, maxLength: 200 }),
      house: Type.String({ minLength: 1, maxLength: 50 }),
      apartment: Type.Optional(Type.String({ maxLength: 50 })),
      lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
      lng: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
    },
    { additionalProperties: false },
  ),
])

export const orderCreated = defineEvent('ordering.order-created.v1', {
  description: 'A customer ordered; the stock is held.',
  alias: 'order.created',
  key: 'order_id',
  payload: Type.Object({
    order_id: Id,
    number: Type.String(),
    user_id: Id,
    items: Type.Array(Line),
    total_amount: Amount,
    currency: Type.String(),
    payment_method: PaymentMethod,
    delivery_method: DeliveryMethod,
    from_cart: Type.Boolean({ description: 'The ordered quantities leave the cart.' }),
  }),
})

export const paymentRequested = paymentRequestedOf('ordering')
export const paymentCancellationRequested = paymentCancellationRequestedOf('ordering')

export const orderPaid = defineEvent('ordering.order-paid.v1', {
  description: 'The money for an order is there.',
  alias: 'OrderPaid',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, user_id: Id, payment_id: Id }),
})

export const shipmentRequested = defineEvent('ordering.shipment-requested.v1', {
  description:
    'An order is paid, or accepted for cash: its hold is firm and a shipment is owed. Heard again, it changes nothing.',
  key: 'order_id',
  payload: Type.Object({
    order_id: Id,
    number: Type.String(),
    user_id: Id,
    method: DeliveryMethod,
    delivery_address: Type.Union([Address, Type.Null()]),
    recipient_name: Type.Union([Type.String(), Type.Null()]),
    recipient_phone: Type.Union([Type.String(), Type.Null()]),
    comment: Type.Union([Type.String(), Type.Null()]),
    weight_grams: Type.Integer({ minimum: 0 }),
    cash_to_collect: Amount,
    currency: Type.String(),
  }),
})

export const shipmentCancellationRequested = defineEvent('ordering.shipment-cancellation-requested.v1', {
  description: 'A shipment is no longer owed: delivery cancels it, or says that it is under way.',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, reason: Type.String() }),
})

export const orderStatusChanged = defineEvent('ordering.order-status-changed.v1', {
  description: 'An order went a step.',
  alias: 'order.status_changed',
  key: 'order_id',
  payload: Type.Object({
    order_id: Id,
    user_id: Id,
    from: Type.String(),
    to: Type.String(),
    reason: Type.Union([Type.String(), Type.Null()]),
  }),
})

export const orderCancelled = defineEvent('ordering.order-cancelled.v1', {
  description: 'An order is over without a sale: money refunded, shipment cancelled; its hold is to be released.',
  alias: 'order.cancelled',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, user_id: Id, reason: Type.String() }),
})

export const orderFulfilled = defineEvent('ordering.order-fulfilled.v1', {
  description: 'The customer has the goods: holds become sales, cash becomes a completed payment.',
  alias: 'order.fulfilled',
  key: 'order_id',
  payload: Type.Object({ order_id: Id, user_id: Id, payment_method: PaymentMethod }),
})

export const orderingEvents = [
  orderCreated,
  paymentRequested,
  paymentCancellationRequested,
  orderPaid,
  shipmentRequested,
  shipmentCancellationRequested,
  orderStatusChanged,
  orderCancelled,
  orderFulfilled,
]
