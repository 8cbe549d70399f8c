import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { orderNumber } from './order-number.ts'
import {
  isOver,
  leadsTo,
  mayCancel,
  movesByHand,
  place,
  statuses,
  termsFault,
  weightOf,
  type Line,
  type Terms,
} from './order.ts'
import { progress } from './progress.ts'

const terms: Terms = {
  payment_method: 'online',
  delivery_method: 'courier',
  delivery_address: 'Moscow, Arbat 1',
  recipient_name: null,
  recipient_phone: null,
  comment: null,
}
const line = fc.record<Line>({
  variant_id: fc.uuid(),
  product_id: fc.uuid(),
  sku: fc.string(),
  title: fc.constant({ ru: 'Улун', en: 'Oolong' }),
  price: fc.integer({ min: 0, max: 10_000_000 }),
  weight_grams: fc.integer({ min: 0, max: 5000 }),
  quantity: fc.integer({ min: 1, max: 99 }),
})

test('an order is what was held, at the price it was held for (ORD-1)', () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const total_amount = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0)
      const order = place({
        named: { id: 'o', number: 'n', user_id: 'anna' },
        terms,
        sold: { lines, total_amount, currency: 'RUB' },
        now: new Date(0),
      })
      assert.deepEqual([order.lines, order.total_amount, order.status], [lines, total_amount, 'created'])
    }),
  )
})

test('an order weighs what its pieces weigh (ORD-1)', () => {
  const pieces = [
    { weight_grams: 100, quantity: 2 },
    { weight_grams: 50, quantity: 1 },
  ]
  assert.equal(weightOf(pieces), 250)
})

test('a courier without an address, or a carrier we do not have, is refused before anything is held (ORD-1)', () => {
  assert.equal(termsFault(terms), undefined)
  assert.equal(termsFault({ ...terms, delivery_address: null }), 'address-missing')
  assert.equal(termsFault({ ...terms, delivery_method: 'pickup', delivery_address: null }), undefined)
  assert.equal(termsFault({ ...terms, delivery_method: 'cdek' }), 'method-unavailable')
})

test('an order that is over goes nowhere (ORD-9)', () => {
  for (const from of statuses) for (const to of statuses) if (isOver(from)) assert.equal(leadsTo(from, to), false)
})

test('an order can be called off until its parcel is handed over (ORD-3)', () => {
  const standing = { status: 'shipping', payment_method: 'online' } as const
  for (const shipment_status of [null, 'pending', 'ready_for_pickup'])
    assert.equal(mayCancel({ ...standing, shipment_status }), true, `${shipment_status}`)
  for (const shipment_status of ['handed_over', 'in_transit', 'out_for_delivery', 'delivered', 'returned'])
    assert.equal(mayCancel({ ...standing, shipment_status }), false, shipment_status)
  assert.equal(mayCancel({ status: 'fulfilled', payment_method: 'online', shipment_status: null }), false)
})

test('staff cannot ship what is not paid, nor fulfil what is not shipped (ORD-7)', () => {
  const by = (status: (typeof statuses)[number], payment_method: 'online' | 'cash_on_delivery' = 'online') =>
    movesByHand({ status, payment_method, shipment_status: null })
  assert.deepEqual(by('created'), ['cancelled'])
  assert.deepEqual(by('processing'), ['cancelled'])
  assert.deepEqual(by('processing', 'cash_on_delivery'), ['shipping', 'cancelled'])
  assert.deepEqual(by('paid'), ['shipping', 'cancelled'])
  assert.deepEqual(by('shipping'), ['fulfilled', 'cancelled'])
  assert.deepEqual(by('fulfilled'), [])
})

test('a step that asks for a status the order has passed leaves it; one that contradicts is a bug (ORD-6)', () => {
  const by = (status: (typeof statuses)[number], ...effects: Parameters<typeof progress>[1]['effects'][number][]) =>
    progress(status, { effects, reason: null })
  assert.deepEqual(by('paid', 'order-processing').moves, [])
  assert.deepEqual(by('created', 'order-processing', 'order-paid').moves, [
    ['created', 'processing'],
    ['processing', 'paid'],
  ])
  assert.throws(() => by('created', 'order-shipping'), /No order goes from created to shipping/)
  assert.throws(() => by('cancelled', 'order-paid'), /No order goes/)
})

test('an order number can be read over the telephone and tells nothing of turnover (ORD-2)', () => {
  const drawn = [7, 0, 30, 29, 1, 2]
  const number = orderNumber(new Date('2026-11-21T10:00:00Z'), () => drawn.shift() ?? 0)
  assert.match(number, /^2026-[2-9A-HJKMNP-Z]{6}$/)
  assert.equal(number, '2026-92ZY34')
})
