import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminMachine, anna, boris, expectProblem, expectResponse, guest, machine, olga } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { PaymentView } from '../schema.ts'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a buyer sees the payments of an order, newest first (PAY-1)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const second = await shop.processed(order)
  const response = await shop.api.send(anna, `GET /payments/order/${order.id}`)
  const { total, items } = expectResponse(response, 200, Page(PaymentView))
  assert.deepEqual([total, items.map(({ id }) => id)], [2, [second.id, order.event_id]])
  assert.deepEqual(items[1]?.reason, 'declined')
  assert.deepEqual(expectResponse(await shop.api.send(anna, `GET /payments/${second.id}`), 200, PaymentView), items[0])
})

test('a payment of another buyer is not found; staff see it (ID-15, SEC-3)', async () => {
  const order = await shop.startedOrder()
  for (const request of [`GET /payments/${order.event_id}`, `GET /payments/order/${order.id}`] as const) {
    expectProblem(await shop.api.send(boris, request), 404, 'not-found')
    expectProblem(await shop.api.send(guest, request), 401, 'unauthorized')
    expectResponse(await shop.api.send(olga, request), 200)
    expectResponse(await shop.api.send(adminMachine, request), 200)
    expectProblem(await shop.api.send(machine, request), 403, 'forbidden')
  }
  expectProblem(await shop.api.send(anna, `GET /payments/${newId()}`), 404, 'not-found')
  expectProblem(await shop.api.send(anna, `GET /payments/order/${newId()}`), 404, 'not-found')
})

test('an order that was cancelled before its payment was requested belongs to no buyer (SEC-3)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  expectProblem(await shop.api.send(anna, `GET /payments/order/${order.id}`), 404, 'not-found')
})
