import { Type, type Static } from 'typebox'
import { PaymentMethod, PaymentStatus } from '#payments/events'
import {
  Amount,
  Closed,
  Currency,
  Id,
  LocalizedText,
  MultilineText,
  named,
  Nullable,
  OneOf,
  type Shape,
  Text,
  Time,
} from '#platform/schema'
import { orderExample } from './examples.ts'

/** An order passes through them in this sequence; `cancelled` may follow each of the first four. */
export const orderStatuses = ['created', 'processing', 'paid', 'shipping', 'fulfilled', 'cancelled'] as const
export const OrderStatus = OneOf(orderStatuses)
export type OrderStatus = Static<typeof OrderStatus>

/** Payments owns the list: an order is paid by a method that payments knows. */
export { PaymentMethod, paymentMethods } from '#payments/events'

export const deliveryMethods = ['pickup', 'courier', 'cdek'] as const
export const DeliveryMethod = OneOf(deliveryMethods)
export type DeliveryMethod = Static<typeof DeliveryMethod>

export const addressParts = {
  country: Text(100),
  postcode: Type.Optional(Text(20)),
  city: Text(100, { minLength: 1 }),
  street: Text(200, { minLength: 1 }),
  house: Text(50, { minLength: 1 }),
  apartment: Type.Optional(Text(50)),
  lat: Type.Optional(Type.Number({ minimum: -90, maximum: 90 })),
  lng: Type.Optional(Type.Number({ minimum: -180, maximum: 180 })),
}

/** A delivery address: one line as typed, or its parts. */
export const Address = named('Address', Type.Union([MultilineText(500, { minLength: 3 }), Closed(addressParts)]))
export type Address = Static<typeof Address>

const line = {
  variant_id: Id,
  product_id: Id,
  sku: Type.String(),
  price: Amount,
  weight_grams: Type.Integer({ minimum: 0, description: 'The weight of one piece' }),
  quantity: Type.Integer({ minimum: 1 }),
  discount_amount: Type.Integer({ minimum: 0, description: 'The discount on all pieces; the buyer pays the rest' }),
}

/** A line as it was sold, with its title in both languages. */
const Line = Type.Object({ ...line, title: LocalizedText })
export type Line = Shape<typeof Line>

const OrderLine = named(
  'OrderLine',
  Type.Object({
    ...line,
    title: Type.String(),
    total: Type.Integer({
      minimum: 0,
      description: 'The sum of all pieces after the discount: a refund of the line returns it',
    }),
  }),
)

/** A promotion that an order uses, as it was at that moment. */
const Discount = Type.Object({
  promotion_id: Id,
  code: Nullable(Type.String({ description: 'The code of the coupon; null when the promotion applied by itself.' })),
  name: LocalizedText,
  amount: Amount,
})
export type Discount = Shape<typeof Discount>

/** `total_amount = items_amount - discount_amount + delivery_fee`. */
const price = {
  total_amount: Amount,
  items_amount: Type.Integer({ minimum: 0, description: 'The sum of the lines before any discount' }),
  discount_amount: Type.Integer({ minimum: 0, description: 'All discounts, including the one on delivery' }),
  delivery_fee: Type.Integer({ minimum: 0, description: 'The fee before its discount' }),
  delivery_discount: Type.Integer({
    minimum: 0,
    description: 'The part of `discount_amount` that reduces the delivery fee',
  }),
}

const terms = {
  payment_method: PaymentMethod,
  delivery_method: DeliveryMethod,
  pickup_point_id: Nullable(Id),
  delivery_address: Nullable(Address),
  recipient_name: Nullable(Type.String()),
  recipient_phone: Nullable(Type.String()),
  comment: Nullable(Type.String()),
}

/** The choices of a customer about an order besides its lines. */
const Terms = Type.Object(terms)
export type Terms = Shape<typeof Terms>

export const TimelineEntry = named(
  'TimelineEntry',
  Type.Object({
    at: Time,
    event: Type.String({ description: 'order-created, payment-completed, shipment-status-changed, order-shipping …' }),
    status: OrderStatus,
    reason: Nullable(
      Type.String({
        description:
          'What the customer or staff wrote; in `order-cancelled` a code such as `customer`, `staff` or `payment-timeout`.',
      }),
    ),
    shipment_status: Nullable(Type.String({ description: 'The new status of the shipment; null in other entries.' })),
    amount: Nullable(Type.Integer({ description: 'The sum of a refund in minor units; null in other entries.' })),
  }),
)
export type TimelineEntry = Shape<typeof TimelineEntry>

const summary = {
  id: Id,
  number: Type.String({ description: 'The number for people, such as 2026-7K3M9Q' }),
  status: OrderStatus,
  ...price,
  currency: Currency,
  coupon: Nullable(Type.String({ description: 'The code of the coupon that gives the buyer a discount.' })),
  discounts: Type.Array(named('OrderDiscount', Type.Object({ ...Discount.properties, name: Type.String() })), {
    description: 'The promotions that the order uses.',
  }),
  items: Type.Array(OrderLine),
  ...terms,
  payment: named(
    'OrderPayment',
    Type.Object({
      id: Nullable(Id),
      status: Nullable(PaymentStatus),
      confirmation_url: Nullable(Type.String({ description: 'The page where the buyer pays; null for cash and 0.' })),
    }),
  ),
  pay_until: Nullable(
    Type.String({ ...Time, description: 'The end of the time to pay; null when no payment is awaited.' }),
  ),
  shipment: Nullable(named('OrderShipment', Type.Object({ id: Nullable(Id), status: Nullable(Type.String()) }))),
  may_cancel: Type.Boolean(),
  cancelling: Type.Boolean({
    description: 'The cancellation has begun; the shipment and the money are being returned.',
  }),
  reason: Nullable(Type.String({ description: 'Why the order is cancelled or is being cancelled.' })),
  created_at: Time,
  updated_at: Time,
}

/** An order in a list. */
export const OrderSummary = named('OrderSummary', Type.Object(summary))
export type OrderSummary = Shape<typeof OrderSummary>

/** The token of a guest's private link: 50 bytes. */
export const LinkParams = Type.Object({ token: Type.String({ pattern: '^[A-Za-z0-9_-]{67}$' }) })

export const LinkRenewed = named('LinkRenewed', Type.Object({ link_token: Type.String() }))

/** An order with its timeline. */
export const OrderView = named(
  'Order',
  Type.Object(
    {
      ...summary,
      link_token: Nullable(
        Type.String({
          description:
            'For a guest’s order: `/orders/by-link/{link_token}` shows, follows and cancels it. Keep it secret. Null for the order of an account.',
        }),
      ),
      timeline: Type.Array(TimelineEntry),
    },
    { examples: [orderExample] },
  ),
)
export type OrderView = Shape<typeof OrderView>

const buyer = {
  buyer: named(
    'Buyer',
    Type.Object({
      user_id: Id,
      is_guest: Type.Boolean({
        description: 'True for a buyer without an account: `email` and `phone` are then the contact of the order.',
      }),
      name: Nullable(Type.String({ description: 'The name of the account; the parcel is for `recipient_name`.' })),
      email: Nullable(Type.String()),
      phone: Nullable(Type.String()),
    }),
  ),
}

/** An order as staff see it: with its buyer. */
export const AdminOrderSummary = named('AdminOrderSummary', Type.Object({ ...summary, ...buyer }))
export type AdminOrderSummary = Shape<typeof AdminOrderSummary>

/** A note of staff about an order. */
export const OrderNote = named(
  'OrderNote',
  Type.Object({
    id: Id,
    text: Type.String(),
    user_id: Nullable(Id),
    author: Nullable(Type.String({ description: 'The name of the account; null for a program.' })),
    created_at: Time,
  }),
)
export type OrderNote = Shape<typeof OrderNote>
export const WriteNoteBody = named('WriteNoteBody', Closed({ text: MultilineText(2000, { minLength: 1 }) }))

export const AdminOrderView = named(
  'AdminOrder',
  Type.Object({
    ...summary,
    ...buyer,
    revision: Type.Integer({ minimum: 1, description: 'How often the order has been edited, from 1' }),
    timeline: Type.Array(TimelineEntry),
    notes: Type.Array(OrderNote, { description: 'Notes of staff, oldest first. Buyers do not see them.' }),
  }),
)
export type AdminOrderView = Shape<typeof AdminOrderView>

const status = { id: Id, status: OrderStatus }

export const CancellationAccepted = named(
  'CancellationAccepted',
  Type.Object({
    ...status,
    cancelling: Type.Boolean({
      description: 'The shipment and the money are being returned; follow the order to see the result.',
    }),
  }),
)

export const OrderEdited = named(
  'OrderEdited',
  Type.Object({
    ...status,
    revision: Type.Integer({ minimum: 1, description: 'How often the order has been edited, from 1' }),
    total_amount: Amount,
    currency: Currency,
  }),
)

const givenReason = {
  reason: Type.Optional(
    MultilineText(500, { minLength: 1, description: 'In your own words. The timeline of the order shows it.' }),
  ),
}
export const CancelOrderBody = named('CancelOrderBody', Closed(givenReason))
export const ChangeStatusBody = named('ChangeStatusBody', Closed({ status: OrderStatus, ...givenReason }))

/** The steps that an operator may take with a stuck order. */
export const OperatorStep = OneOf(['resend', 'compensate'] as const)
export type OperatorStep = Static<typeof OperatorStep>
export const OperatorStepBody = named('OperatorStepBody', Closed({ step: OperatorStep, ...givenReason }))
export const OperatorStepTaken = named('OperatorStepTaken', Type.Object({ ...status, cancelling: Type.Boolean() }))
export const StatusChanged = named('StatusChanged', Type.Object({ ...status, cancelling: Type.Boolean() }))
