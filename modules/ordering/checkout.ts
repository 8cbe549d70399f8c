import { go, resume, compensate, type Timeout, type Saga, type SagaDefinition } from '#platform/saga'
import { minutes } from '#platform/values'

export type CheckoutState =
  | 'accepting-cash'
  | 'starting-payment'
  | 'awaiting-payment'
  | 'giving-up'
  | 'awaiting-shipment'
  | 'shipping'
  | 'taking-shipment-back'
  | 'taking-payment-back'
  | 'refunding-late-payment'
  | 'fulfilled'
  | 'cancelled'

export type CheckoutTrigger =
  | 'payment-started'
  | 'payment-completed'
  | 'payment-declined'
  | 'payment-cancelled'
  | 'payment-refunded'
  | 'shipment-created'
  | 'shipment-delivered'
  | 'shipment-failed'
  | 'shipment-cancelled'
  | 'shipment-cancel-refused'
  | 'hold-expired'
  | 'customer-cancelled'
  | 'staff-cancelled'
  | 'staff-shipped'
  | 'staff-fulfilled'

export type CheckoutEffect =
  | 'ask-payment'
  | 'settle-or-cancel-payment'
  | 'take-payment-back'
  | 'ask-shipment'
  | 'take-shipment-back'
  | 'order-processing'
  | 'order-paid'
  | 'order-shipping'
  | 'order-fulfilled'
  | 'order-cancelled'

/** What an event says about an order beside where its checkout goes. */
export type OrderFacts = Readonly<{
  happened?: string
  payment_id?: string
  payment_status?: string
  shipment_id?: string
  shipment_status?: string
}>

export type Checkout = Saga<CheckoutState, CheckoutTrigger, CheckoutEffect, OrderFacts>

type Definition = SagaDefinition<CheckoutState, CheckoutTrigger, CheckoutEffect>

/** Undoing always ends with the money: the shipment is taken back before it, the hold is released by order-cancelled. */
const payBack = (reason: string) =>
  compensate<CheckoutState, CheckoutEffect>(reason, 'taking-payment-back', 'take-payment-back')
const shipBack = (reason: string) =>
  compensate<CheckoutState, CheckoutEffect>(reason, 'taking-shipment-back', 'take-shipment-back')

const table: Definition['table'] = {
  'accepting-cash': {
    'payment-started': go('awaiting-shipment', 'order-processing', 'ask-shipment'),
    'hold-expired': payBack('hold-expired'),
    'customer-cancelled': payBack('customer'),
    'staff-cancelled': payBack('staff'),
  },
  'starting-payment': {
    'payment-started': go('awaiting-payment', 'order-processing'),
    'payment-completed': go('awaiting-shipment', 'order-processing', 'order-paid', 'ask-shipment'),
    'payment-declined': payBack('payment-declined'),
    'hold-expired': payBack('hold-expired'),
    'customer-cancelled': payBack('customer'),
    'staff-cancelled': payBack('staff'),
    timeout: go('giving-up', 'settle-or-cancel-payment'),
  },
  'awaiting-payment': {
    'payment-completed': go('awaiting-shipment', 'order-paid', 'ask-shipment'),
    'payment-declined': payBack('payment-declined'),
    'hold-expired': payBack('hold-expired'),
    'customer-cancelled': payBack('customer'),
    'staff-cancelled': payBack('staff'),
    timeout: go('giving-up', 'settle-or-cancel-payment'),
  },
  'giving-up': {
    'payment-completed': go('awaiting-shipment', 'order-processing', 'order-paid', 'ask-shipment'),
    'payment-cancelled': compensate('payment-timeout', 'cancelled', 'order-cancelled'),
    'payment-refunded': compensate('payment-timeout', 'cancelled', 'order-cancelled'),
    'hold-expired': payBack('hold-expired'),
    'customer-cancelled': payBack('customer'),
    'staff-cancelled': payBack('staff'),
  },
  'awaiting-shipment': {
    'shipment-created': go('shipping', 'order-shipping'),
    'shipment-delivered': go('fulfilled', 'order-shipping', 'order-fulfilled'),
    'shipment-failed': payBack('shipment-failed'),
    'hold-expired': shipBack('hold-expired'),
    'customer-cancelled': shipBack('customer'),
    'staff-cancelled': shipBack('staff'),
    'staff-shipped': go('shipping', 'order-shipping'),
  },
  shipping: {
    'shipment-delivered': go('fulfilled', 'order-fulfilled'),
    'shipment-failed': payBack('shipment-failed'),
    'hold-expired': shipBack('hold-expired'),
    'customer-cancelled': shipBack('customer'),
    'staff-cancelled': shipBack('staff'),
    'staff-fulfilled': go('fulfilled', 'order-fulfilled'),
  },
  'taking-shipment-back': {
    'shipment-cancelled': go('taking-payment-back', 'take-payment-back'),
    'shipment-failed': go('taking-payment-back', 'take-payment-back'),
    'shipment-cancel-refused': resume('shipping', 'order-shipping'),
    'shipment-delivered': resume('fulfilled', 'order-shipping', 'order-fulfilled'),
  },
  'taking-payment-back': {
    'payment-cancelled': go('cancelled', 'order-cancelled'),
    'payment-refunded': go('cancelled', 'order-cancelled'),
  },
  'refunding-late-payment': {
    'payment-cancelled': go('cancelled'),
    'payment-refunded': go('cancelled'),
  },
  fulfilled: {},
  cancelled: {
    'payment-completed': go('refunding-late-payment', 'take-payment-back'),
  },
}

/** An answer that should come at once; it is asked for again for some ten minutes, then the operator is called. */
const prompt: Timeout = { within: minutes(1), resends: 10 }

/**
 * An order's way from its placement to its end: the newest version first. `paymentTimeout` is how long, in milliseconds,
 * a buyer may take to pay.
 */
export const checkoutVersions = (paymentTimeout: number): readonly [Definition] => [
  {
    type: 'ordering.checkout',
    version: 1,
    table,
    commands: ['ask-payment', 'settle-or-cancel-payment', 'take-payment-back', 'ask-shipment', 'take-shipment-back'],
    waiting: {
      'accepting-cash': prompt,
      'starting-payment': { within: paymentTimeout / 3, resends: 2 },
      'awaiting-payment': { within: paymentTimeout, resends: 0 },
      'giving-up': prompt,
      'awaiting-shipment': prompt,
      shipping: 'untimed',
      'taking-shipment-back': prompt,
      'taking-payment-back': prompt,
      'refunding-late-payment': prompt,
      fulfilled: 'completed',
      cancelled: 'compensated',
    },
  },
]
