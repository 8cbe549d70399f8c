import type { Bug } from '../bug.ts'

const ordering = (file: string) => `modules/ordering/${file}`

/** Bugs of the steps of an order: its statuses, its saga and its timeline. */
export const orderStepBugs: readonly Bug[] = [
  {
    description: 'a payment that completes after its order was cancelled is not refunded',
    requirement: 'ORD-5',
    file: ordering('checkout.ts'),
    text: "'payment-completed': go('refunding-late-payment', 'refund-or-cancel-payment'),",
    replacement: '',
    caughtBy: ordering('checkout.test.ts'),
  },
  {
    description: 'an order whose shipment is cancelled is cancelled without a refund',
    requirement: 'ORD-4',
    file: ordering('checkout.ts'),
    text: "'shipment-cancelled': go('cancelling-payment', 'refund-or-cancel-payment'),",
    replacement: "'shipment-cancelled': go('cancelled', 'mark-cancelled'),",
    caughtBy: ordering('checkout.test.ts'),
  },
  {
    description: 'a payment that completes before the event of its start arrives is lost',
    requirement: 'ORD-6',
    file: ordering('checkout.ts'),
    text: "'payment-started': go('awaiting-payment', 'mark-processing'),\n    'payment-completed': go('awaiting-shipment', 'mark-processing', 'mark-paid', 'request-shipment'),",
    replacement: "'payment-started': go('awaiting-payment', 'mark-processing'),",
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'an order that was paid in time is cancelled because its hold expired first',
    requirement: 'CAT-13',
    file: ordering('checkout.ts'),
    text: "'hold-expired': giveUpPayment,\n    'customer-cancelled': cancelPayment('customer'),\n    'staff-cancelled': cancelPayment('staff'),\n    timeout: giveUpPayment,\n  },\n  'giving-up",
    replacement:
      "'hold-expired': cancelPayment('hold-expired'),\n    'customer-cancelled': cancelPayment('customer'),\n    'staff-cancelled': cancelPayment('staff'),\n    timeout: giveUpPayment,\n  },\n  'giving-up",
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'an order whose goods are sold out is shipped',
    requirement: 'CAT-13',
    file: ordering('checkout.ts'),
    text: "    'hold-lost': cancelShipment('out-of-stock'),\n    'payment-refunded': cancelRefunded,\n    'customer-cancelled': cancelShipment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-shipped'",
    replacement:
      "    'customer-cancelled': cancelShipment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-shipped'",
    caughtBy: ordering('checkout.test.ts'),
  },
  {
    description: 'a replayed event adds its entry to the timeline again',
    requirement: 'ORD-6',
    file: ordering('advance-checkout/advance-checkout.ts'),
    text: 'where not (entry.is_event and change.is_replay)',
    replacement: 'where entry.is_event or not change.is_replay',
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'a replayed event sets the payment of an order back',
    requirement: 'ORD-6',
    file: ordering('advance-checkout/advance-checkout.ts'),
    text: '        where not change.is_replay\n',
    replacement: '',
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'the words in which a customer cancels are lost',
    requirement: 'ORD-3',
    file: ordering('cancel-order/cancel-order.ts'),
    text: ', given_reason: reason }',
    replacement: ' }',
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'the goods of a fully refunded order leave the shop',
    requirement: 'PAY-5',
    file: ordering('checkout.ts'),
    text: "    'payment-refunded': cancelRefunded,\n    'customer-cancelled': cancelShipment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-fulfilled'",
    replacement:
      "    'customer-cancelled': cancelShipment('customer'),\n    'staff-cancelled': cancelShipment('staff'),\n    'staff-fulfilled'",
    caughtBy: ordering('checkout.test.ts'),
  },
  {
    description: 'a timeline shows the refund of staff twice',
    requirement: 'PAY-5',
    file: ordering('advance-checkout/advance-checkout.ts'),
    text: "event === 'payment-refunded' && payment_status === 'refunded'",
    replacement: "event === 'payment-refunded' && payment_status === 'none'",
    caughtBy: ordering('advance-checkout/advance-checkout.test.ts'),
  },
  {
    description: 'an order is fulfilled whose shipment failed a moment ago',
    requirement: 'DLV-1',
    file: ordering('change-status/change-status.ts'),
    text: 'shipmentStatusAfter(order.shipment_status, reported)',
    replacement: 'order.shipment_status',
    caughtBy: ordering('change-status/change-status.test.ts'),
  },
]
