import type { NewEvent } from '#platform/events'
import type { SagaStep } from '#platform/saga'
import { isCommand, type CheckoutCommand, type CheckoutEffect, type EventFacts } from './checkout.ts'
import {
  orderCancelled,
  orderCreated,
  orderFulfilled,
  orderOwnerChanged,
  orderPaid,
  orderStatusChanged,
  paymentCancellationRequested,
  paymentRequested,
  returnExpected,
  shipmentCancellationRequested,
  shipmentRequested,
} from './events.ts'
import type { CreatedOrder, Progress } from './order.ts'
import type { OrderStatus } from './schema.ts'
import type { OrderRow } from './store.ts'

type Placed = Readonly<{
  /** The order has the lines of the customer's cart. */
  from_cart: boolean
  /** The event id of `payment-requested`, the same at every resend. */
  request_id: string
  /** The account that has the order: that of the buyer was merged while the order was placed, when it is another. */
  owner_id: string
}>

/** The events of a new order. */
export const placedEvents = (order: CreatedOrder, { from_cart, request_id, owner_id }: Placed): NewEvent[] => [
  orderCreated({
    order_id: order.id,
    number: order.number,
    user_id: order.user_id,
    items: order.lines.map((line) => ({ ...line, title: line.title.ru })),
    total_amount: order.total_amount,
    discount_amount: order.discount_amount,
    delivery_fee: order.delivery_fee,
    coupon: order.coupon,
    currency: order.currency,
    payment_method: order.payment_method,
    delivery_method: order.delivery_method,
    from_cart,
  }),
  requestPayment(order, request_id),
  ...(owner_id === order.user_id ? [] : [orderOwnerChanged({ order_id: order.id, user_id: owner_id })]),
]

type Step = SagaStep<CheckoutEffect, EventFacts>

/** The events of one step: first the new statuses of the order, then a return, then the commands to other modules. */
export function stepEvents(row: OrderRow, { moves }: Progress, step: Step): NewEvent[] {
  const { reason } = step
  const { payment_id = row.payment_id, goods_left = row.goods_left } = step.facts ?? {}
  const order = { ...row, reason, payment_id, goods_left }
  const { id: order_id, user_id } = order
  return [
    ...moves.flatMap(([from, to]) => [
      ...statusEvents[to](order),
      orderStatusChanged({ order_id, user_id, from, to, reason }),
    ]),
    ...(isReturned(step) ? [returnExpected({ order_id, number: order.number })] : []),
    ...step.effects.filter(isCommand).map((command) => commandEvents[command](order, step.idOf(command))),
  ]
}

/**
 * The step begins the refund of an order whose parcel had left the shop. From here the order can only be cancelled, but the
 * bank may refuse the refund for days, and staff must be able to receive the goods meanwhile.
 */
const isReturned = ({ effects, facts }: Step): boolean =>
  facts?.goods_left === true && effects.includes('refund-or-cancel-payment')

const none = () => []

/** The events of a new status besides `order-status-changed`. */
const statusEvents: Readonly<Record<OrderStatus, (order: OrderRow) => readonly NewEvent[]>> = {
  created: none,
  processing: none,
  paid: (order) => [orderPaid({ ...ownerOf(order), payment_id: known(order, 'payment_id') })],
  shipping: none,
  fulfilled: (order) => [orderFulfilled({ ...ownerOf(order), payment_method: order.payment_method })],
  cancelled: (order) => {
    const { number, goods_left } = order
    return [orderCancelled({ ...ownerOf(order), reason: known(order, 'reason'), number, goods_left })]
  },
}

const commandEvents: Readonly<Record<CheckoutCommand, (order: OrderRow, event_id: string) => NewEvent>> = {
  'request-payment': (order, event_id) => requestPayment(order, event_id),
  // The order is not being cancelled yet, so it has no reason: the payment may still be completed.
  'cancel-payment-unless-paid': (order, event_id) =>
    cancelPayment(order, { if_paid: 'keep', reason: 'payment-timeout' }, event_id),
  'refund-or-cancel-payment': (order, event_id) =>
    cancelPayment(order, { if_paid: 'refund', reason: known(order, 'reason') }, event_id),
  'request-shipment': (order, event_id) => shipmentRequested(shipmentOf(order), event_id),
  'cancel-shipment': (order, event_id) =>
    shipmentCancellationRequested({ order_id: order.id, reason: known(order, 'reason') }, event_id),
}

/** A fact that the event cannot be published without. It is missing when the table of the checkout is wrong. */
function known(order: OrderRow, fact: 'payment_id' | 'reason'): string {
  const value = order[fact]
  if (value === null) throw new Error(`Order ${order.id} has no ${fact}, which the event of its step needs`)
  return value
}

type PayableOrder = Pick<OrderRow, 'id' | 'number' | 'user_id' | 'total_amount' | 'currency' | 'payment_method'> &
  Readonly<{ payment_revision?: number }>

const requestPayment = (order: PayableOrder, event_id: string): NewEvent =>
  paymentRequested(
    {
      ...subjectOf(order),
      user_id: order.user_id,
      amount: order.total_amount,
      revision: order.payment_revision ?? 1,
      currency: order.currency,
      description: order.number,
      method: order.payment_method,
    },
    event_id,
  )

type Cancellation = Readonly<{ if_paid: 'keep' | 'refund'; reason: string }>

/** Payments may not have the last total of an edited order: the revision says that it keeps no payment of another one. */
const cancelPayment = (order: OrderRow, { if_paid, reason }: Cancellation, event_id: string): NewEvent =>
  paymentCancellationRequested({ ...subjectOf(order), revision: order.payment_revision, if_paid, reason }, event_id)

const ownerOf = ({ id: order_id, user_id }: OrderRow) => ({ order_id, user_id })
const subjectOf = (order: { id: string }) => ({ subject_type: 'order' as const, subject_id: order.id })

/** The shipment that an order requests. */
export const shipmentOf = (order: OrderRow) => ({
  order_id: order.id,
  number: order.number,
  user_id: order.user_id,
  method: order.delivery_method,
  pickup_point_id: order.pickup_point_id,
  delivery_address: order.delivery_address,
  recipient_name: order.recipient_name,
  recipient_phone: order.recipient_phone,
  comment: order.comment,
  weight_grams: order.weight_grams,
  cash_to_collect: order.payment_method === 'cash_on_delivery' ? order.total_amount : 0,
  currency: order.currency,
})
