import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { namesOf, openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a cash payment starts with the order and completes once when the order is fulfilled (PAY-3)', async () => {
  const order = await shop.startedOrder(90_000, 'cash_on_delivery')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.publish(shop.fulfilled(order))
  await shop.deliver()
  await shop.publish(shop.fulfilled(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal((await shop.paymentsOf(order))[0]?.provider, 'cash')
  assert.equal(await shop.heldFor(order), 90_000)
  await shop.assertNoViolations()
})

test('no cash is collected for an order that was paid online', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  await shop.publish(shop.fulfilled(order, 'online'))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
})

test('the cash of an order whose payment is not requested yet is collected at a later try (ORD-6)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.fulfilled(order))
  await assert.rejects(shop.deliver(), /has no cash payment yet/)
  await shop.publish(shop.requested(order, 'cash_on_delivery'))
  await assert.rejects(shop.deliver(), /has no cash payment yet/)
  const requestsOnly = (shop.module.subscriptions ?? []).filter(({ event }) => event.key === 'subject_id')
  await shop.deliver({ ...shop.module, subscriptions: requestsOnly })
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
})

test('cash that was collected for a cancelled order counts', async () => {
  const order = await shop.startedOrder(90_000, 'cash_on_delivery')
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed'])
  await shop.publish(shop.fulfilled(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed', 'completed'])
  assert.equal(await shop.heldFor(order), 90_000)
  await shop.assertNoViolations()
})
