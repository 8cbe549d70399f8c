import type { NewEvent } from '#platform/events'
import type { SagaStep } from '#platform/saga'
import type { CheckoutEffect, OrderFacts } from './checkout.ts'
import {
  orderCancelled,
  orderFulfilled,
  orderPaid,
  orderStatusChanged,
  paymentRequested,
  paymentCancellationRequested,
  shipmentRequested,
  shipmentCancellationRequested,
} from './events.ts'
import type { Status } from './order.ts'
import type { OrderRow } from './order-rows.ts'
import type { Progress } from './progress.ts'

type Step = SagaStep<CheckoutEffect, OrderFacts>
type Due = Pick<OrderRow, 'id' | 'number' | 'user_id' | 'total_amount' | 'currency' | 'payment_method'>

/** Everything a step tells: what became of the order first, then what the others are asked to do. */
export const newsOf = (order: OrderRow, { moves }: Progress, step: Step): NewEvent[] => [
  ...moves.flatMap(([from, to]) =>
    reached(order, { from, to, reason: step.reason, payment_id: step.facts?.payment_id }),
  ),
  ...step.effects.flatMap((effect) => asked(order, effect, step)),
]

/** Asks payments for the money of an order. */
export const askPayment = (order: Due, event_id: string): NewEvent =>
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

function reached(
  { id: order_id, user_id, payment_method, ...order }: OrderRow,
  { from, to, reason, payment_id }: { from: Status; to: Status; reason: string | null; payment_id: string | undefined },
): NewEvent[] {
  const changed = orderStatusChanged({ order_id, user_id, from, to, reason })
  if (to === 'paid')
    return [orderPaid({ order_id, user_id, payment_id: payment_id ?? order.payment_id ?? '' }), changed]
  if (to === 'fulfilled') return [orderFulfilled({ order_id, user_id, payment_method }), changed]
  if (to === 'cancelled') return [orderCancelled({ order_id, user_id, reason: reason ?? 'unknown' }), changed]
  return [changed]
}

function asked(order: OrderRow, effect: CheckoutEffect, { reason: given, idOf }: Step): NewEvent[] {
  const reason = given ?? 'payment-timeout'
  if (effect === 'ask-payment') return [askPayment(order, idOf(effect))]
  if (effect === 'settle-or-cancel-payment')
    return [paymentCancellationRequested({ ...subjectOf(order), if_paid: 'keep', reason }, idOf(effect))]
  if (effect === 'take-payment-back')
    return [paymentCancellationRequested({ ...subjectOf(order), if_paid: 'refund', reason }, idOf(effect))]
  if (effect === 'take-shipment-back')
    return [shipmentCancellationRequested({ order_id: order.id, reason }, idOf(effect))]
  if (effect === 'ask-shipment') return [shipmentRequested(shipmentOf(order), idOf(effect))]
  return []
}

const subjectOf = (order: { id: string }) => ({ subject_type: 'order', subject_id: order.id })

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
