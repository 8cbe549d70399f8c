import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CheckoutState, CheckoutTrigger } from '../../../modules/ordering/checkout.ts'
import { exploreCheckout, type Scenario } from './checkout-model.ts'
import { checkoutTable, type PaymentMethod, type Table } from './ordering.ts'

const online = (budget: Scenario['budget'], delivery: Scenario['delivery'] = 'courier'): Scenario => ({
  payment: 'online',
  delivery,
  budget,
})

/** Together they have every decision and every fault of the model. */
const scenarios: Readonly<Record<string, Scenario>> = {
  'is declined or expires at the bank, and is paid again': online({ 'a buyer declines': 1, 'a charge expires': 1 }),
  'is paid after it was given up': online({ 'the bank takes money late': 1, 'a charge expires': 1 }, 'pickup'),
  'is cancelled by its buyer': online({ 'customer cancels': 2, 'the carrier refuses': 1, 'a parcel fails': 1 }),
  'is cancelled by staff, or has no goods or no carrier': online({
    'staff cancel': 1,
    'goods are sold out': 1,
    'no shipment is possible': 1,
  }),
  'is cancelled while a courier of the shop may have its parcel': online(
    { 'customer cancels': 2, 'a parcel fails': 1 },
    'own courier',
  ),
  'is cancelled by staff while a courier has its parcel, in processes that die': online(
    { 'staff cancel': 1, crash: 1 },
    'own courier',
  ),
  'is refunded by staff': online({ 'staff refund': 1, 'customer cancels': 1, 'a refund is refused': 1 }),
  'is shipped by hand': online({ 'staff create a shipment': 1, 'staff change the status': 2 }),
  'is handled by processes that die': online({ crash: 1, 'customer cancels': 1, 'a buyer declines': 1 }),
  'meets an old event again, whose inbox row is deleted': online({ replay: 1, 'customer cancels': 1 }, 'pickup'),
  'meets a late event': online({ delay: 1, 'customer cancels': 1 }),
  'is paid in cash': {
    payment: 'cash_on_delivery',
    delivery: 'courier',
    budget: {
      'customer cancels': 1,
      'staff cancel': 1,
      'the carrier refuses': 1,
      'a parcel fails': 1,
      'goods are sold out': 1,
      'no shipment is possible': 1,
      crash: 1,
    },
  },
  'is paid in cash to its courier, and meets a late event of its courier': {
    payment: 'cash_on_delivery',
    delivery: 'own courier',
    budget: { delay: 1, 'customer cancels': 1 },
  },
  'is paid in cash to its courier, and meets an old event of its courier again': {
    payment: 'cash_on_delivery',
    delivery: 'own courier',
    budget: { replay: 1, 'customer cancels': 1 },
  },
  'is paid in cash and meets old and late events': {
    payment: 'cash_on_delivery',
    delivery: 'courier',
    budget: { replay: 1, delay: 1, 'customer cancels': 1, 'the carrier refuses': 1 },
  },
}

for (const [name, scenario] of Object.entries(scenarios)) {
  test(`an order that ${name} ends well in every sequence of its events (ORD-4, ORD-5, ORD-6)`, (t) => {
    const startedAt = performance.now()
    const { states, transitions, ends, defect } = exploreCheckout(scenario)
    const milliseconds = Math.round(performance.now() - startedAt)
    t.diagnostic(`${states} states, ${transitions} transitions, ${ends} ends in ${milliseconds} ms`)
    assert.equal(defect, undefined, `${defect?.message}:\n${defect?.path.join('\n')}`)
    assert.ok(ends > 0)
  })
}

type Row = readonly [state: CheckoutState, trigger: CheckoutTrigger | 'timeout', budget?: Scenario['budget']]

/** Rows without which an order is lost, and the events that it takes. */
const rows: Readonly<Record<PaymentMethod, readonly Row[]>> = {
  online: [
    ['awaiting-payment', 'timeout'],
    ['awaiting-payment', 'customer-cancelled', { 'customer cancels': 1 }],
    ['giving-up-payment', 'payment-completed'],
    ['giving-up-payment', 'payment-cancelled'],
    ['giving-up-payment', 'payment-refunded', { 'staff refund': 1 }],
    ['cancelling-payment', 'payment-refunded', { 'no shipment is possible': 1 }],
    ['cancelled', 'payment-completed', { 'a charge expires': 1 }],
    ['refunding-late-payment', 'payment-refunded', { 'a charge expires': 1 }],
  ],
  cash_on_delivery: [
    ['accepting-cash', 'payment-started'],
    ['awaiting-shipment', 'shipment-failed', { 'no shipment is possible': 1 }],
    ['awaiting-shipment', 'shipment-delivered', { delay: 1 }],
    ['awaiting-shipment', 'staff-shipped', { 'staff change the status': 1 }],
    ['shipping', 'shipment-delivered'],
    ['shipping', 'shipment-failed', { 'a parcel fails': 1 }],
    ['shipping', 'shipment-cancelled', { replay: 1, 'customer cancels': 1, 'the carrier refuses': 1 }],
    ['shipping', 'staff-cancelled', { 'staff cancel': 1 }],
    ['cancelling-shipment', 'shipment-cancelled', { 'customer cancels': 1 }],
    ['cancelling-shipment', 'shipment-failed', { 'customer cancels': 1, 'a parcel fails': 1 }],
    ['cancelling-payment', 'payment-cancelled', { 'customer cancels': 1 }],
  ],
}

for (const [payment, each] of Object.entries(rows) as [PaymentMethod, readonly Row[]][])
  for (const [state, trigger, budget = {}] of each)
    test(`the model notices that ${state} has no row for ${trigger} (REL-6)`, () => {
      const { [trigger]: removed, ...others } = checkoutTable[state]
      assert.ok(removed)
      const table: Table = { ...checkoutTable, [state]: others }
      assert.ok(exploreCheckout({ payment, delivery: 'courier', budget }, { table }).defect)
    })
