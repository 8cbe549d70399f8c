import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { deliverEvents, expectProblem } from '#platform/testing'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { namesOf, openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

test('a requested payment starts once and waits for the buyer (PAY-8)', async () => {
  const order = await shop.startedOrder()
  const [payment, ...more] = await shop.paymentsOf(order)
  assert.equal(payment?.id, order.event_id)
  assert.equal(payment?.status, 'pending')
  assert.deepEqual(more, [])
  const [started, ...others] = await shop.eventsOf(order)
  assert.deepEqual(others, [])
  assert.equal(started?.type, 'payments.payment-started.v1')
  assert.equal(started?.data['payment_id'], order.event_id)
  assert.equal(started?.data['amount'], 125_000)
  await shop.assertBooks()
})

test('with sandbox auto the payment completes by itself and is booked once (PAY-3)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  const [payment] = await shop.paymentsOf(order)
  assert.equal(payment?.status, 'completed')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed'])
  assert.equal(events[1]?.data['transaction_id'], `sandbox-${order.event_id}`)
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertBooks()
})

test('with sandbox decline the payment fails at once and nothing is booked (PAY-3)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'decline' }))
  assert.equal((await shop.paymentsOf(order))[0]?.reason, 'declined')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'failed'])
  assert.equal(events[1]?.data['reason'], 'declined')
  assert.equal(await shop.heldFor(order), 0)
})

test('a payment-requested that comes again changes nothing, with and without the inbox (PAY-8)', async () => {
  const order = await shop.startedOrder()
  await shop.publish(shop.requested(order))
  await shop.emptyInbox()
  await shop.deliver()
  await shop.publish(shop.requested({ ...order, event_id: shop.newOrder().event_id }))
  await shop.deliver()
  assert.equal((await shop.paymentsOf(order)).length, 1)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
})

test('a payment that was cancelled before it was requested is never charged, and the bank refuses its id (PAY-6)', async () => {
  const order = shop.newOrder()
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  assert.deepEqual(await shop.paymentsOf(order), [])
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['failed'])
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  const key = { payment_id: order.event_id, amount: order.amount, currency: 'RUB' }
  assert.equal((await bank.start({ ...key, description: '', return_url: '' })).status, 'cancelled')
  const { rows } = await sql<{
    amount: number
  }>`select amount from payments.payment_requests where subject_id = ${order.id}`.execute(shop.db)
  assert.equal(rows[0]?.amount, 125_000, 'the request is recorded')
  expectProblem(await shop.process(order), 409, 'not-payable')
})

test('after a bank that did not answer the event is handled again and starts one payment (REL-3)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  let silent = true
  const slow: Provider = {
    ...bank,
    start: async (input) => {
      const charge = await bank.start(input)
      if (silent) throw new ProviderUnavailable('sandbox')
      return charge
    },
  }
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(shop.moduleWith({ provider: slow })), ProviderUnavailable)
  assert.deepEqual(await shop.paymentsOf(order), [])
  silent = false
  await shop.deliver(shop.moduleWith({ provider: slow }))
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal(await shop.heldFor(order), 125_000)
  await shop.assertBooks()
})

test('a charge of another amount completes nothing (PAY-3)', async () => {
  const bank = sandbox({ db: shop.db, mode: 'auto' })
  const wrong: Provider = { ...bank, start: async (input) => ({ ...(await bank.start(input)), amount: 1 }) }
  const order = shop.newOrder()
  await shop.publish(shop.requested(order))
  await assert.rejects(shop.deliver(shop.moduleWith({ provider: wrong })), { name: 'ChargeDiffers' })
  assert.deepEqual(await shop.eventsOf(order), [])
  await shop.deliver()
})

test('an order with the amount 0 is paid and refunded like any other', async () => {
  const order = shop.newOrder(0)
  await shop.publish(shop.requested(order))
  await shop.deliver(shop.moduleWith({ mode: 'auto' }))
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  await shop.assertBooks()
})

test('payments that start in one transaction keep their own amounts, and every kopeck is booked (PAY-3, PERF-2)', async () => {
  const orders = Array.from({ length: 12 }, (_, i) => shop.newOrder(1000 + i))
  await shop.publish(...orders.map((order) => shop.requested(order)))
  await deliverEvents(shop.db, [shop.moduleWith({ mode: 'auto' })], { together: true })
  for (const order of orders) {
    const [payment, ...more] = await shop.paymentsOf(order)
    assert.deepEqual(
      [payment?.id, payment?.status, payment?.amount, payment?.transaction_id, more.length],
      [order.event_id, 'completed', order.amount, `sandbox-${order.event_id}`, 0],
    )
    assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
    assert.equal(await shop.heldFor(order), order.amount)
  }
  await shop.assertBooks()
})
