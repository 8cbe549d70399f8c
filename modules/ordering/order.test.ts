import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  isClosed,
  isOver,
  isShippable,
  leadsTo,
  mayCancel,
  place,
  progress,
  refusalOf,
  statusesByHand,
  weightOf,
} from './order.ts'
import { quoteWithout } from '#promotions/quote'
import type { OrderState } from './order.ts'
import { orderStatuses, paymentMethods, type Line, type OrderStatus, type PaymentMethod, type Terms } from './schema.ts'

const terms: Terms = {
  payment_method: 'online',
  delivery_method: 'courier',
  pickup_point_id: null,
  delivery_address: 'Moscow, Arbat 1',
  recipient_name: null,
  recipient_phone: null,
  comment: null,
}
const line = fc.record<Omit<Line, 'discount_amount'>>({
  variant_id: fc.uuid(),
  product_id: fc.uuid(),
  sku: fc.string(),
  title: fc.constant({ ru: 'Улун', en: 'Oolong' }),
  price: fc.integer({ min: 0, max: 10_000_000 }),
  weight_grams: fc.integer({ min: 0, max: 5000 }),
  quantity: fc.integer({ min: 1, max: 99 }),
})

const ofAnna = { user_id: 'anna', contact_email: null, contact_phone: null, link_version: null }

test('an order has the lines that were held for it, each with its discount, and their price (ORD-1, CAT-14)', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const quote = quoteWithout({ lines, delivery_fee: 300 })
      const line_discounts = lines.map((_, i) => i)
      const held = { lines, currency: 'RUB' }
      const order = place(
        { ...ofAnna, id: 'o' },
        { terms, held, quote: { ...quote, line_discounts }, now: new Date(0) },
      )
      const discounted = lines.map((line, i) => ({ ...line, discount_amount: i }))
      assert.deepEqual([order.lines, order.total_amount, order.status], [discounted, quote.total_amount, 'created'])
      assert.equal(order.delivery_fee, 300)
    }),
  )
})

test('an order weighs as much as its pieces (ORD-1)', () => {
  const pieces = [
    { weight_grams: 100, quantity: 2 },
    { weight_grams: 50, quantity: 1 },
  ]
  assert.equal(weightOf(pieces), 250)
})

test('a courier order without an address, or for a carrier we do not have, is refused before the hold (ORD-1)', () => {
  const reasonOf = (change: Partial<Terms>, cashOnDelivery = true) =>
    refusalOf({ ...terms, ...change }, { cashOnDelivery })?.reason
  assert.equal(reasonOf({}), undefined)
  assert.equal(reasonOf({ delivery_address: null }), 'address-missing')
  assert.equal(reasonOf({ delivery_method: 'pickup', delivery_address: null }), undefined)
  assert.equal(reasonOf({ delivery_method: 'cdek' }), 'method-unavailable')
  assert.equal(reasonOf({ payment_method: 'cash_on_delivery' }), undefined)
  assert.equal(reasonOf({ payment_method: 'cash_on_delivery' }, false), 'method-unavailable', 'the shop takes no cash')
})

test('an order that is over keeps its status (ORD-9)', () => {
  for (const from of orderStatuses)
    for (const to of orderStatuses) if (isOver(from)) assert.equal(leadsTo(from, to), false)
})

const order = (state: Partial<OrderState>): OrderState => ({
  status: 'created',
  payment_method: 'online',
  shipment_status: null,
  reason: null,
  ...state,
})

test('an order can be cancelled until its parcel is handed over (ORD-3)', () => {
  for (const shipment_status of [null, 'pending', 'ready_for_pickup'])
    assert.equal(mayCancel(order({ status: 'shipping', shipment_status })), true, `${shipment_status}`)
  for (const shipment_status of ['handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'returned'])
    assert.equal(mayCancel(order({ status: 'shipping', shipment_status })), false, shipment_status)
  assert.equal(mayCancel(order({ status: 'fulfilled' })), false)
})

test('an order that is being cancelled can be neither cancelled nor shipped again (ORD-3, ORD-7)', () => {
  const cancelling = order({ status: 'paid', reason: 'customer' })
  assert.equal(mayCancel(cancelling), false)
  assert.deepEqual(statusesByHand(cancelling), [])
})

test('staff cannot ship an unpaid order or fulfil an order that is not shipped (ORD-7)', () => {
  const statusesAfter = (status: OrderStatus, payment_method: PaymentMethod = 'online') =>
    statusesByHand(order({ status, payment_method }))
  assert.deepEqual(statusesAfter('created'), ['cancelled'])
  assert.deepEqual(statusesAfter('processing'), ['cancelled'])
  assert.deepEqual(statusesAfter('processing', 'cash_on_delivery'), ['shipping', 'cancelled'])
  assert.deepEqual(statusesAfter('paid'), ['shipping', 'cancelled'])
  assert.deepEqual(statusesAfter('shipping'), ['fulfilled', 'cancelled'])
  assert.deepEqual(statusesAfter('fulfilled'), [])
})

test('a step to a status that the order has passed changes nothing; an impossible step is a bug (ORD-6)', () => {
  const after = (status: OrderStatus, ...effects: Parameters<typeof progress>[1]['effects'][number][]) =>
    progress(order({ status }), { effects, reason: null })
  assert.deepEqual(after('paid', 'mark-processing').moves, [])
  assert.deepEqual(after('created', 'mark-processing', 'mark-paid').moves, [
    ['created', 'processing'],
    ['processing', 'paid'],
  ])
  assert.throws(() => after('created', 'mark-shipping'), /cannot go from created to shipping/)
  assert.throws(() => after('cancelled', 'mark-paid'), /cannot go/)
})

const shipmentStatuses = [
  null,
  'pending',
  'ready_for_pickup',
  'handed_over',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'failed',
  'returned',
  'cancelled',
]
const stateParts = {
  payment_method: fc.constantFrom(...paymentMethods),
  shipment_status: fc.constantFrom(...shipmentStatuses),
  reason: fc.constantFrom(null, 'customer'),
}
const anyState = fc.record<OrderState>({ ...stateParts, status: fc.constantFrom(...orderStatuses) })
const effects = ['mark-processing', 'mark-paid', 'mark-shipping', 'mark-fulfilled', 'mark-cancelled'] as const
const attempted = (state: OrderState, step: readonly (typeof effects)[number][]) => {
  try {
    return progress(state, { effects: step, reason: 'test' })
  } catch {
    return undefined
  }
}

test('no sequence of steps ships an unpaid order or cancels one whose parcel is on its way (F-13, ORD-4, ORD-7)', () => {
  const start = fc.record({ ...stateParts, status: fc.constant('created' as const) })
  fc.assert(
    fc.property(
      start,
      fc.array(fc.array(fc.constantFrom(...effects), { maxLength: 3 }), { maxLength: 12 }),
      (first, steps) => {
        let status: OrderStatus = first.status
        let isPaid = false
        for (const step of steps) {
          const made = attempted({ ...first, status }, step)
          if (!made) continue
          for (const [from, to] of made.moves) {
            assert.ok(leadsTo(from, to))
            isPaid ||= to === 'paid'
            if (to === 'shipping' || to === 'fulfilled')
              assert.ok(isPaid || first.payment_method === 'cash_on_delivery')
            if (to === 'cancelled')
              assert.ok(
                !['handed_over', 'in_transit', 'out_for_delivery', 'delivered'].includes(`${first.shipment_status}`),
              )
          }
          status = made.status
        }
      },
    ),
  )
})

test('the checkout can carry out every status that staff may choose (ORD-7)', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      for (const status of statusesByHand(state)) {
        const effect = effects.find((each) => each === `mark-${status}`) ?? assert.fail(status)
        assert.equal(attempted(state, [effect])?.status, status)
        if (status === 'cancelled') assert.ok(mayCancel(state))
        if (status === 'shipping') assert.ok(isShippable(state))
      }
    }),
  )
})

test('an order that may be cancelled is open, and one that is closed gets no other status by hand (ORD-3, ORD-7)', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      assert.ok(!(mayCancel(state) && isClosed(state)))
      if (isClosed(state)) assert.deepEqual(statusesByHand(state), [])
    }),
  )
})
