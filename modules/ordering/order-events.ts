import type { NewEvent } from '#platform/events'
import type { SagaStep } from '#platform/saga'
import { isCommand, type CheckoutCommand, type CheckoutEffect, type EventFacts } from './checkout.ts'
import {
  orderCancelled,
  orderFulfilled,
  orderPaid,
  orderStatusChanged,
  paymentCancellationRequested,
  paymentRequested,
  shipmentCancellationRequested,
  shipmentRequested,
} from './events.ts'
import type { Progress } from './progress.ts'
import type { OrderStatus } from './schema.ts'
import type { OrderRow } from './store.ts'

type Step = SagaStep<CheckoutEffect, EventFacts>
type Command = Readonly<{ reason: string; event_id: string }>
type PaidOrder = Pick<OrderRow, 'id' | 'number' | 'user_id' | 'total_amount' | 'currency' | 'payment_method'>

/** The events of one step: first the new statuses of the order, then the commands to other modules. */
export function eventsOf(order: OrderRow, { moves }: Progress, step: Step): NewEvent[] {
  // Only a payment timeout issues a command before the order has a reason.
  const reason = step.reason ?? 'payment-timeout'
  const { id: order_id, user_id } = order
  return [
    ...moves.flatMap(([from, to]) => [
      ...statusEvents[to]({ ...order, reason, payment_id: step.facts?.payment_id ?? order.payment_id }),
      orderStatusChanged({ order_id, user_id, from, to, reason: step.reason }),
    ]),
    ...step.effects
      .filter(isCommand)
      .map((command) => commandEvents[command](order, { reason, event_id: step.idOf(command) })),
  ]
}

/** The event that asks payments for the money of an order. */
export const requestPayment = (order: PaidOrder, event_id: string): NewEvent =>
  paymentRequested(
    {
      ...subjectOf(order),
      user_id: order.user_id,
      amount: order.total_amount,
      currency: order.currency,
      description: order.number,
      method: order.payment_method,
    },
    event_id,
  )

const none = () => []

/** The events of a new status besides `order-status-changed`. */
const statusEvents: Readonly<Record<OrderStatus, (order: OrderRow & { reason: string }) => readonly NewEvent[]>> = {
  created: none,
  processing: none,
  paid: ({ id: order_id, user_id, payment_id }) => [orderPaid({ order_id, user_id, payment_id: payment_id ?? '' })],
  shipping: none,
  fulfilled: ({ id: order_id, user_id, payment_method }) => [orderFulfilled({ order_id, user_id, payment_method })],
  cancelled: ({ id: order_id, user_id, reason }) => [orderCancelled({ order_id, user_id, reason })],
}

const commandEvents: Readonly<Record<CheckoutCommand, (order: OrderRow, command: Command) => NewEvent>> = {
  'request-payment': (order, { event_id }) => requestPayment(order, event_id),
  'cancel-payment-unless-paid': (order, { reason, event_id }) =>
    paymentCancellationRequested({ ...subjectOf(order), if_paid: 'keep', reason }, event_id),
  'refund-or-cancel-payment': (order, { reason, event_id }) =>
    paymentCancellationRequested({ ...subjectOf(order), if_paid: 'refund', reason }, event_id),
  'request-shipment': (order, { event_id }) => shipmentRequested(shipmentOf(order), event_id),
  'cancel-shipment': ({ id: order_id }, { reason, event_id }) =>
    shipmentCancellationRequested({ order_id, reason }, event_id),
}

const subjectOf = (order: { id: string }) => ({ subject_type: 'order' as const, subject_id: order.id })

const shipmentOf = (order: OrderRow) => ({
  order_id: order.id,
  number: order.number,
  user_id: order.user_id,
  method: order.delivery_method,
  delivery_address: order.delivery_address,
  recipient_name: order.recipient_name,
  recipient_phone: order.recipient_phone,
  comment: order.comment,
  weight_grams: order.weight_grams,
  cash_to_collect: order.payment_method === 'cash_on_delivery' ? order.total_amount : 0,
  currency: order.currency,
})
