import { holdExpired, holdLost } from '#catalog/events'
import {
  shipmentCancelled,
  shipmentCancellationRefused,
  shipmentCreated,
  shipmentDelivered,
  shipmentFailed,
  shipmentStatusChanged,
} from '#delivery/events'
import {
  paymentCompleted,
  paymentFailed,
  paymentProcessing,
  paymentRefunded,
  paymentRefundRefused,
  paymentStarted,
  type PaymentStatus,
} from '#payments/events'
import { subscribe, type EventDefinition, type PayloadOf, type Subscription } from '#platform/events'
import { SagaNotFound } from '#platform/saga'
import type { Checkout, CheckoutTrigger, EventFacts } from '../checkout.ts'
import type { TimelineEvent } from '../timeline.ts'

/** The meaning of an event for a checkout. Without a trigger it changes facts of the order and no state. */
type Reaction = Readonly<{ trigger?: CheckoutTrigger; facts: EventFacts }>

/** The trigger is the entry of the timeline, too. */
const advance = (trigger: CheckoutTrigger & TimelineEvent, facts: EventFacts = {}) => ({
  trigger,
  facts: { event: trigger, ...facts },
})
/** The facts of events that follow `shipment-status-changed`, which has already made the entry. */
const advanceSilently = (trigger: CheckoutTrigger, facts: EventFacts): Reaction => ({ trigger, facts })
/** The facts of events that change no state; `event` is the entry of the timeline. */
const applyFacts = (event: TimelineEvent, facts: EventFacts): Reaction => ({ facts: { event, ...facts } })

type Row = (checkout: Checkout) => Subscription

/** A row of the table: the event, its order (undefined when the event is about something else), and its meaning. */
const on =
  // oxlint-disable-next-line no-explicit-any -- any version of any event
  <Definition extends EventDefinition<any, any>>(
    event: Definition,
    orderOf: (payload: PayloadOf<Definition>) => string | undefined,
    reactionOf: (payload: PayloadOf<Definition>) => Reaction,
  ): Row =>
    (checkout) =>
      subscribe(event, async (tx, { event_id, payload }) => {
        const order_id = orderOf(payload)
        if (order_id === undefined) return
        const { trigger, facts: brought } = reactionOf(payload)
        const facts = { ...brought, event_id }
        if (trigger === undefined) await checkout.applyFacts(tx, order_id, facts)
        else await checkout.advance(tx, order_id, { trigger, event_id, facts })
      })

type Subject = Readonly<{ subject_type: string; subject_id: string }>

/** Payments takes money for other subjects than orders, too. */
const orderOfPayment = ({ subject_type, subject_id }: Subject) => (subject_type === 'order' ? subject_id : undefined)

type PaymentFacts = Readonly<{ payment_id?: string; status?: PaymentStatus; revision?: number }>

/** Payments says the status of a payment, and the order shows the same word. Without a payment there is none. */
const paymentFactsOf = ({ payment_id, status, revision = 1 }: PaymentFacts): EventFacts =>
  payment_id === undefined || status === undefined
    ? {}
    : { payment_id, payment_status: status, payment_revision: revision }

/** An order that a discount paid has nothing to refund, and its timeline shows no sum. */
const refundFactsOf = ({
  refund_amount,
  ...payment
}: PaymentFacts & Readonly<{ refund_amount: number }>): EventFacts => ({
  ...paymentFactsOf(payment),
  ...(refund_amount > 0 && { amount: refund_amount }),
})

const orderOf = ({ order_id }: Readonly<{ order_id: string }>) => order_id

const table: readonly Row[] = [
  on(paymentStarted, orderOfPayment, (payment) => advance('payment-started', paymentFactsOf(payment))),
  on(paymentProcessing, orderOfPayment, (payment) => applyFacts('payment-processing', paymentFactsOf(payment))),
  on(paymentCompleted, orderOfPayment, (payment) => advance('payment-completed', paymentFactsOf(payment))),
  on(paymentFailed, orderOfPayment, (payment) =>
    advance(payment.reason === 'declined' ? 'payment-declined' : 'payment-cancelled', paymentFactsOf(payment)),
  ),
  on(paymentRefunded, orderOfPayment, (payment) =>
    payment.fully_refunded
      ? advance('payment-refunded', refundFactsOf(payment))
      : applyFacts('payment-partially-refunded', refundFactsOf(payment)),
  ),
  on(paymentRefundRefused, orderOfPayment, (payment) =>
    applyFacts(
      payment.reason === 'exceeds-captured' ? 'payment-refund-exceeds-captured' : 'payment-refund-refused',
      paymentFactsOf(payment),
    ),
  ),
  on(shipmentCreated, orderOf, ({ shipment_id, status }) =>
    advance('shipment-created', { shipment_id, shipment_status: status }),
  ),
  on(shipmentStatusChanged, orderOf, ({ to }) => applyFacts('shipment-status-changed', { shipment_status: to })),
  on(shipmentDelivered, orderOf, () => advanceSilently('shipment-delivered', { shipment_status: 'delivered' })),
  on(shipmentFailed, orderOf, ({ goods_left = false }) =>
    advanceSilently('shipment-failed', { shipment_status: 'failed', goods_left }),
  ),
  on(shipmentCancelled, orderOf, ({ goods_left = false }) =>
    advanceSilently('shipment-cancelled', { shipment_status: 'cancelled', goods_left }),
  ),
  on(shipmentCancellationRefused, orderOf, ({ status }) =>
    advance('shipment-cancellation-refused', { shipment_status: status }),
  ),
  on(holdLost, orderOf, () => advance('hold-lost')),
]

/**
 * A hold without an order is left behind when the process dies between the hold and the order. The hold expires long after
 * the order could still have been saved, so its expiry is ignored.
 */
const advanceOnHoldExpired: Row = (checkout) =>
  subscribe(holdExpired, async (tx, { event_id, payload: { order_id } }) => {
    await checkout.advance(tx, order_id, { ...advance('hold-expired', { event_id }), event_id }).catch(ignoreNotFound)
  })

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof SagaNotFound)) throw error
}

/** The subscriptions that advance the checkout. An event about an order that does not exist throws and is retried. */
export const advanceCheckoutSubscriptions = (checkout: Checkout): readonly Subscription[] =>
  [...table, advanceOnHoldExpired].map((row) => row(checkout))
