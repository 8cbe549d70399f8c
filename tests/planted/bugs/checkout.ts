import type { Bug } from '../bug.ts'

const model = 'tests/faults/model/checkout-model.test.ts'
const table = 'modules/ordering/checkout.ts'

/** Bugs of the checkout and of its three partners that only some sequences of events show: the model lists them all. */
export const checkoutBugs: readonly Bug[] = [
  {
    description: 'money that arrives after the cancellation stays with the shop',
    requirement: 'ORD-5',
    file: table,
    text: "'payment-completed': go('refunding-late-payment', 'refund-or-cancel-payment'),",
    replacement: "'payment-completed': go('cancelled'),",
    caughtBy: model,
  },
  {
    description: 'an order that was paid while it was given up is cancelled',
    requirement: 'ORD-5',
    file: table,
    text: "  'giving-up-payment': {\n    'payment-completed': go('awaiting-shipment', 'mark-processing', 'mark-paid', 'request-shipment'),\n",
    replacement: "  'giving-up-payment': {\n",
    caughtBy: model,
  },
  {
    description: 'the money goes back before the shipment is cancelled',
    requirement: 'ORD-4',
    file: table,
    text: "    'customer-cancelled': cancelShipment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-fulfilled'",
    replacement:
      "    'customer-cancelled': cancelPayment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-fulfilled'",
    caughtBy: model,
  },
  {
    description: 'an order waits for ever for a shipment whose cancellation was refused and then succeeded',
    requirement: 'ORD-6',
    file: table,
    text: "    'shipment-cancelled': cancelPayment('shipment-cancelled'),\n",
    replacement: '',
    caughtBy: model,
  },
  {
    description: 'an order waits for ever for a shipment that failed while it was being cancelled',
    requirement: 'ORD-4',
    file: table,
    text: "    'shipment-failed': go('cancelling-payment', 'refund-or-cancel-payment'),\n",
    replacement: '',
    caughtBy: model,
  },
  {
    description: 'an order that is not paid in time keeps its goods',
    requirement: 'ORD-5',
    file: table,
    text: "    'staff-cancelled': cancelPayment('staff'),\n    timeout: giveUpPayment,\n  },\n  'giving-up-payment'",
    replacement: "    'staff-cancelled': cancelPayment('staff'),\n  },\n  'giving-up-payment'",
    caughtBy: model,
  },
  {
    description: 'an order is cancelled as soon as its cancellation begins, and its goods are sold again',
    requirement: 'ORD-4',
    file: table,
    text: "'shipment-cancelled': go('cancelling-payment', 'refund-or-cancel-payment'),",
    replacement: "'shipment-cancelled': go('cancelled', 'mark-cancelled'),",
    caughtBy: model,
  },
  {
    description: 'a late report sets a failed shipment back, and its order can never be cancelled',
    requirement: 'ORD-6',
    file: 'modules/ordering/order.ts',
    text: 'endedShipment.has(current) && !endedShipment.has(reported)',
    replacement: 'endedShipment.has(current) && reported.length === 0',
    caughtBy: 'modules/ordering/advance-checkout/late-events.test.ts',
  },
  {
    description: 'money that the bank takes after the payment failed is not booked',
    requirement: 'PAY-6',
    file: 'modules/payments/payment.ts',
    text: '  if (isPaid(payment)) return',
    replacement: "  if (isPaid(payment) || payment.status === 'failed') return",
    caughtBy: model,
  },
  {
    description: 'a payment that is refunded by staff counts as unpaid, and its cancellation has no end',
    requirement: 'PAY-5',
    file: 'modules/payments/payment.ts',
    text: "return paid[0] ? { kind: 'refunded', payment: paid[0] } : ",
    replacement: "return paid[1] ? { kind: 'refunded', payment: paid[1] } : ",
    caughtBy: 'modules/payments/cancel-payment/cancel-payment.test.ts',
  },
  {
    description: 'a parcel on its way is cancelled',
    requirement: 'DLV-2',
    file: 'modules/delivery/shipment.ts',
    text: "  out_for_delivery: ['in_transit', 'delivered', 'failed'],",
    replacement: "  out_for_delivery: ['in_transit', 'delivered', 'failed', 'cancelled'],",
    caughtBy: 'modules/delivery/shipment.test.ts',
  },
]
