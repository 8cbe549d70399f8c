import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

test('delivery learns whether an order exists and is still open (DLV-1)', async () => {
  const { stateOf } = shop.module.api
  const { id } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  assert.equal((await stateOf(newId())).kind, 'not-found')
  assert.equal((await stateOf(id)).kind, 'open')
  expectResponse(await shop.send(anna, `POST /orders/${id}/cancel`), 200)
  const { status } = await shop.show(anna, id)
  assert.notEqual(status, 'cancelled', 'the payment is still being cancelled')
  assert.equal((await stateOf(id)).kind, 'closed')
})
