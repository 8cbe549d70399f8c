import { compensate, go, resume, type Saga, type SagaDefinition, type Timeout } from '#platform/saga'
import type { PaymentStatus } from '#payments/events'
import { minutes } from '#platform/values'
import type { StaffTimelineEvent } from './timeline.ts'

export type CheckoutState =
  | 'accepting-cash'
  | 'starting-payment'
  | 'awaiting-payment'
  | 'giving-up-payment'
  | 'awaiting-shipment'
  | 'shipping'
  | 'cancelling-shipment'
  | 'cancelling-payment'
  | 'refunding-late-payment'
  | 'fulfilled'
  | 'cancelled'

export type CheckoutTrigger =
  | 'payment-started'
  | 'payment-completed'
  /** Changes no state: the buyer may pay again until the time to pay is over. */
  | 'payment-declined'
  | 'payment-cancelled'
  | 'payment-refunded'
  | 'shipment-created'
  | 'shipment-delivered'
  | 'shipment-failed'
  | 'shipment-cancelled'
  | 'shipment-cancellation-refused'
  | 'hold-expired'
  | 'hold-lost'
  | 'customer-cancelled'
  | 'staff-cancelled'
  /** An edit changed the total: payments replaces the payment. */
  | 'staff-repriced'
  | 'staff-shipped'
  | 'staff-fulfilled'

/** The effects that ask another module for something and wait for its answer. */
const commands = [
  'request-payment',
  'cancel-payment-unless-paid',
  'refund-or-cancel-payment',
  'request-shipment',
  'cancel-shipment',
] as const

export type CheckoutCommand = (typeof commands)[number]

/** The effects on the order itself: each brings it at least to this status. */
type StatusEffect = 'mark-processing' | 'mark-paid' | 'mark-shipping' | 'mark-fulfilled' | 'mark-cancelled'

export type CheckoutEffect = CheckoutCommand | StatusEffect

/** The facts of an order that an event brings besides its trigger. */
export type EventFacts = Readonly<{
  /** The entry for the timeline. */
  event?: StaffTimelineEvent
  /** The event that makes the entry. */
  event_id?: string
  /** The words of the person who cancels. */
  given_reason?: string | undefined
  payment_id?: string
  /** The revision of the payment: an event about an earlier one than the order has changes nothing. */
  payment_revision?: number
  payment_status?: PaymentStatus
  /** The sum of a refund in minor units. */
  amount?: number
  shipment_id?: string
  shipment_status?: string
  /** The parcel had left the shop, and did not reach its customer. */
  goods_left?: boolean
}>

export const isCommand = (effect: CheckoutEffect): effect is CheckoutCommand =>
  commands.some((command) => command === effect)

export type Checkout = Saga<CheckoutState, CheckoutTrigger, CheckoutEffect, EventFacts>

/** The time from a claim of a hold to its expiry: a quarter of an hour longer than the time to pay. */
export const holdTimeOf = (checkout: Pick<Checkout, 'timeLimitOf'>): number =>
  checkout.timeLimitOf('awaiting-payment') + minutes(15)

type Definition = SagaDefinition<CheckoutState, CheckoutTrigger, CheckoutEffect>

/** A compensation ends with the money: first the shipment is cancelled, then the payment; `mark-cancelled` frees the hold. */
const cancelPayment = (reason: string) =>
  compensate<CheckoutState, CheckoutEffect>(reason, 'cancelling-payment', 'refund-or-cancel-payment')
const cancelShipment = (reason: string) =>
  compensate<CheckoutState, CheckoutEffect>(reason, 'cancelling-shipment', 'cancel-shipment')
/**
 * Staff refunded the whole payment before the order was fulfilled: the goods must not leave the shop. A parcel that is
 * under way stays so, and its order goes on.
 */
const cancelRefunded = cancelShipment('refunded')
/**
 * The time to pay is over, or the hold has expired. A payment that was completed in time wins: the catalog then takes the
 * goods again, or publishes `hold-lost`. A paid order ignores `hold-expired` for the same reason. The payment of a total before
 * an edit does not win: payments refunds it and answers that there is none.
 */
const giveUpPayment = go<CheckoutState, CheckoutEffect>('giving-up-payment', 'cancel-payment-unless-paid')

/** The buyer has the whole time to pay the new total. */
const requestPayment = go<CheckoutState, CheckoutEffect>('starting-payment', 'request-payment')

const table: Definition['table'] = {
  'accepting-cash': {
    'payment-started': go('awaiting-shipment', 'mark-processing', 'request-shipment'),
    'customer-cancelled': cancelPayment('customer'),
    'staff-cancelled': cancelPayment('staff'),
  },
  'starting-payment': {
    'payment-started': go('awaiting-payment', 'mark-processing'),
    'payment-completed': go('awaiting-shipment', 'mark-processing', 'mark-paid', 'request-shipment'),
    'staff-repriced': requestPayment,
    'hold-expired': giveUpPayment,
    'customer-cancelled': cancelPayment('customer'),
    'staff-cancelled': cancelPayment('staff'),
    timeout: giveUpPayment,
  },
  'awaiting-payment': {
    'payment-completed': go('awaiting-shipment', 'mark-paid', 'request-shipment'),
    'staff-repriced': requestPayment,
    'hold-expired': giveUpPayment,
    'customer-cancelled': cancelPayment('customer'),
    'staff-cancelled': cancelPayment('staff'),
    timeout: giveUpPayment,
  },
  'giving-up-payment': {
    'payment-completed': go('awaiting-shipment', 'mark-processing', 'mark-paid', 'request-shipment'),
    'payment-cancelled': compensate('payment-timeout', 'cancelled', 'mark-cancelled'),
    'payment-refunded': compensate('payment-timeout', 'cancelled', 'mark-cancelled'),
    'customer-cancelled': cancelPayment('customer'),
    'staff-cancelled': cancelPayment('staff'),
  },
  'awaiting-shipment': {
    'shipment-created': go('shipping', 'mark-shipping'),
    'shipment-delivered': go('fulfilled', 'mark-shipping', 'mark-fulfilled'),
    'shipment-failed': cancelPayment('shipment-failed'),
    'hold-lost': cancelShipment('out-of-stock'),
    'payment-refunded': cancelRefunded,
    'customer-cancelled': cancelShipment('customer'),
    'staff-cancelled': cancelShipment('staff'),
    'staff-shipped': go('shipping', 'mark-shipping'),
  },
  shipping: {
    'shipment-delivered': go('fulfilled', 'mark-fulfilled'),
    'shipment-failed': cancelPayment('shipment-failed'),
    // A cancellation that its carrier refused may be handled again, when its inbox row is gone, and then succeed.
    'shipment-cancelled': cancelPayment('shipment-cancelled'),
    'hold-lost': cancelShipment('out-of-stock'),
    'payment-refunded': cancelRefunded,
    'customer-cancelled': cancelShipment('customer'),
    'staff-cancelled': cancelShipment('staff'),
    'staff-fulfilled': go('fulfilled', 'mark-fulfilled'),
  },
  'cancelling-shipment': {
    'shipment-cancelled': go('cancelling-payment', 'refund-or-cancel-payment'),
    'shipment-failed': go('cancelling-payment', 'refund-or-cancel-payment'),
    'shipment-cancellation-refused': resume('shipping', 'mark-shipping'),
    'shipment-delivered': resume('fulfilled', 'mark-shipping', 'mark-fulfilled'),
  },
  'cancelling-payment': {
    'payment-cancelled': go('cancelled', 'mark-cancelled'),
    'payment-refunded': go('cancelled', 'mark-cancelled'),
  },
  'refunding-late-payment': {
    'payment-cancelled': go('cancelled'),
    'payment-refunded': go('cancelled'),
  },
  fulfilled: {},
  cancelled: {
    'payment-completed': go('refunding-late-payment', 'refund-or-cancel-payment'),
  },
}

/** For an answer that should come at once. The command is published again for ten minutes, then the saga `needs_operator`. */
const prompt: Timeout = { within: minutes(1), resends: 10 }

/** The buyer waits for the command, so it is published again at least each minute until `time` is over. */
const eachMinuteFor = (time: number): Timeout => {
  const times = Math.max(3, Math.ceil(time / minutes(1)))
  return { within: time / times, resends: times - 1 }
}

/**
 * The way of an order from its placement to its end, newest version first. `paymentTimeout` is the time in milliseconds
 * that a buyer has to pay.
 */
export const checkoutVersions = (paymentTimeout: number): readonly [Definition] => [
  {
    type: 'ordering.checkout',
    version: 1,
    table,
    commands,
    waiting: {
      'accepting-cash': prompt,
      'starting-payment': eachMinuteFor(paymentTimeout),
      'awaiting-payment': { within: paymentTimeout, resends: 0 },
      'giving-up-payment': prompt,
      'awaiting-shipment': prompt,
      shipping: 'untimed',
      'cancelling-shipment': prompt,
      'cancelling-payment': prompt,
      'refunding-late-payment': prompt,
      fulfilled: 'completed',
      cancelled: 'compensated',
    },
  },
]
