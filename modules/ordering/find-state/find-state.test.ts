import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { paymentCompleted, paymentStarted } from '#payments/events'
import { anna, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

const place = async (more: object = {}) =>
  (await shop.place(anna, { delivery_method: 'pickup', items: teaItems(), ...more })).id
const stateOf = (order_id: string) => shop.module.api.stateOf(order_id)
const kindOf = async (order_id: string) => (await stateOf(order_id)).kind
const paymentOf = (id: string, provider: string) => ({
  payment_id: newId(),
  subject_type: 'order' as const,
  subject_id: id,
  user_id: anna.user_id,
  amount: 50_000,
  currency: 'RUB',
  provider,
  status: 'pending' as const,
})

test('an order that is paid online may be shipped, and not before (F-13, DLV-1)', async () => {
  const id = await place()
  const payment = paymentOf(id, 'sandbox')
  assert.equal(await kindOf(id), 'unpaid')
  await shop.deliver(paymentStarted(payment))
  assert.equal(await kindOf(id), 'unpaid')
  await shop.deliver(paymentCompleted({ ...payment, status: 'completed', transaction_id: 'b-1' }))
  const state = await stateOf(id)
  assert.ok(state.kind === 'shippable')
  const { method, user_id, weight_grams, cash_to_collect } = state.shipment
  assert.deepEqual([method, user_id, weight_grams, cash_to_collect], ['pickup', anna.user_id, 100, 0])
})

test('an order for cash may be shipped once it is accepted, and the courier learns the amount (F-13, DLV-1)', async () => {
  const id = await place({ payment_method: 'cash_on_delivery' })
  assert.equal(await kindOf(id), 'unpaid')
  await shop.deliver(paymentStarted(paymentOf(id, 'cash')))
  const state = await stateOf(id)
  assert.equal(state.kind === 'shippable' && state.shipment.cash_to_collect, 50_000)
})

test('an order that is being cancelled is closed, and an unknown one is not found (DLV-1)', async () => {
  const id = await place()
  expectResponse(await shop.send(anna, `POST /orders/${id}/cancel`), 200)
  const { status } = await shop.show(anna, id)
  assert.notEqual(status, 'cancelled', 'the payment is still being cancelled')
  assert.equal(await kindOf(id), 'closed')
  assert.equal(await kindOf(newId()), 'not-found')
})
