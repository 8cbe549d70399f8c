import { holdExpired } from '#catalog/events'
import {
  shipmentCancelled,
  shipmentCancelRefused,
  shipmentCreated,
  shipmentDelivered,
  shipmentFailed,
  shipmentStatusChanged,
} from '#delivery/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentStarted } from '#payments/events'
import { subscribe, type Subscription } from '#platform/events'
import { SagaNotFound } from '#platform/saga'
import type { Checkout } from '../checkout.ts'

/** What the checkout hears of payments; other subjects than orders are not its business. */
const hearsPayments = (checkout: Checkout): Subscription[] => [
  subscribe(paymentStarted, async (tx, { event_id, payload: { subject_type, subject_id, payment_id } }) => {
    if (subject_type !== 'order') return
    const facts = { happened: 'payment-started', payment_id, payment_status: 'processing' }
    await checkout.advance(tx, subject_id, { trigger: 'payment-started', event_id, facts })
  }),
  subscribe(paymentCompleted, async (tx, { event_id, payload: { subject_type, subject_id, payment_id } }) => {
    if (subject_type !== 'order') return
    const facts = { happened: 'payment-completed', payment_id, payment_status: 'completed' }
    await checkout.advance(tx, subject_id, { trigger: 'payment-completed', event_id, facts })
  }),
  subscribe(paymentFailed, async (tx, { event_id, payload: { subject_type, subject_id, reason } }) => {
    if (subject_type !== 'order') return
    const trigger = reason === 'declined' ? 'payment-declined' : 'payment-cancelled'
    await checkout.advance(tx, subject_id, {
      trigger,
      event_id,
      facts: { happened: trigger, payment_status: 'failed' },
    })
  }),
  subscribe(paymentRefunded, async (tx, { event_id, payload: { subject_type, subject_id, whole } }) => {
    if (subject_type !== 'order') return
    if (!whole) {
      await checkout.note(tx, subject_id, {
        happened: 'payment-partially-refunded',
        payment_status: 'partially_refunded',
      })
      return
    }
    const facts = { happened: 'payment-refunded', payment_status: 'refunded' }
    await checkout.advance(tx, subject_id, { trigger: 'payment-refunded', event_id, facts })
  }),
]

const hearsDelivery = (checkout: Checkout): Subscription[] => [
  subscribe(shipmentCreated, async (tx, { event_id, payload: { order_id, shipment_id, status } }) => {
    const facts = { happened: 'shipment-created', shipment_id, shipment_status: status }
    await checkout.advance(tx, order_id, { trigger: 'shipment-created', event_id, facts })
  }),
  subscribe(shipmentStatusChanged, async (tx, { payload: { order_id, to } }) => {
    await checkout.note(tx, order_id, { happened: `shipment-${to.replaceAll('_', '-')}`, shipment_status: to })
  }),
  subscribe(shipmentDelivered, async (tx, { event_id, payload: { order_id } }) => {
    await checkout.advance(tx, order_id, {
      trigger: 'shipment-delivered',
      event_id,
      facts: { shipment_status: 'delivered' },
    })
  }),
  subscribe(shipmentFailed, async (tx, { event_id, payload: { order_id } }) => {
    await checkout.advance(tx, order_id, {
      trigger: 'shipment-failed',
      event_id,
      facts: { shipment_status: 'failed' },
    })
  }),
  subscribe(shipmentCancelled, async (tx, { event_id, payload: { order_id } }) => {
    await checkout.advance(tx, order_id, {
      trigger: 'shipment-cancelled',
      event_id,
      facts: { shipment_status: 'cancelled' },
    })
  }),
  subscribe(shipmentCancelRefused, async (tx, { event_id, payload: { order_id, status } }) => {
    const facts = { happened: 'cancellation-refused', shipment_status: status }
    await checkout.advance(tx, order_id, { trigger: 'shipment-cancel-refused', event_id, facts })
  }),
]

/** Everything that takes an order on, in the words of its checkout. */
export const hearsOfCheckout = (checkout: Checkout): readonly Subscription[] => [
  ...hearsPayments(checkout),
  ...hearsDelivery(checkout),
  subscribe(holdExpired, async (tx, { event_id, payload: { order_id } }) => {
    // A hold whose order was never kept (the process died between) expires long after its order could still come.
    const facts = { happened: 'hold-expired' }
    await checkout.advance(tx, order_id, { trigger: 'hold-expired', event_id, facts }).catch(ignoreUnknown)
  }),
]

function ignoreUnknown(error: unknown): void {
  if (!(error instanceof SagaNotFound)) throw error
}
