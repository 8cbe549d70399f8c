import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { anna, crowd, expectProblem, expectResponse, olga, openTestApi } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
let bank: Sandbox
before(async () => {
  shop = await openPaymentsTest()
  bank = sandbox({ db: shop.db, mode: 'page' })
})
after(() => shop.close())

const cancel = async (order: Order, if_paid: 'keep' | 'refund', to = shop.module) => {
  await shop.publish(shop.cancellationRequested(order, if_paid))
  await shop.deliver(to)
}
const chargeOf = async ({ event_id, amount }: Order) =>
  await bank.query({ payment_id: event_id, amount, currency: 'RUB' })
const refund = (order: Order, amount: number) =>
  shop.api.send(olga, `POST /admin/payments/${order.event_id}/refund`, { body: { amount, reason: 'broken cup' } })

test('a cancellation before the payment was requested is answered with payment-failed (PAY-6)', async () => {
  const order = shop.newOrder()
  await cancel(order, 'refund')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['failed'])
  assert.deepEqual(events[0]?.data, { subject_type: 'order', subject_id: order.id, reason: 'cancelled' })
})

test('a payment that waits for its buyer is cancelled here and at the bank (PAY-6)', async () => {
  const order = await shop.startedOrder()
  await cancel(order, 'refund')
  assert.equal((await chargeOf(order))?.status, 'cancelled')
  assert.equal((await shop.paymentsOf(order))[0]?.reason, 'cancelled')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed'])
  await shop.press('approve', order)
  assert.equal((await chargeOf(order))?.status, 'cancelled')
  expectProblem(await shop.process(order), 409, 'not-payable')
  await shop.assertNoViolations()
})

test('a payment that the bank is processing is cancelled as well', async () => {
  const order = await shop.startedOrder()
  await shop.press('wait', order)
  assert.equal((await shop.paymentsOf(order))[0]?.status, 'processing')
  await cancel(order, 'keep')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'processing', 'failed'])
})

test('a paid order that is cancelled is refunded in full (PAY-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  await cancel(order, 'refund')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed', 'refunded'])
  assert.deepEqual([events[2]?.data['refund_amount'], events[2]?.data['refunded_amount']], [125_000, 125_000])
  assert.equal(events[2]?.data['fully_refunded'], true)
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a partially refunded order that is cancelled is refunded the rest', async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  expectResponse(await refund(order, 300), 201)
  await cancel(order, 'refund')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed', 'refunded', 'refunded'])
  assert.deepEqual([events[3]?.data['refund_amount'], events[3]?.data['refunded_amount']], [700, 1000])
  await shop.assertNoViolations()
})

test('a cancellation after the full refund is answered with the refund, and nothing is refunded twice', async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  await refund(order, 1000)
  await cancel(order, 'refund')
  await cancel(order, 'keep')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed', 'refunded', 'refunded', 'refunded'])
  assert.equal((await shop.refundsOf(order)).length, 1)
})

test('an order that timed out but was paid keeps its payment, also when the bank sent no notice (ORD-5)', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  await cancel(order, 'keep')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  assert.equal(await shop.heldFor(order), 125_000)
  assert.equal((await shop.processed(order)).status, 'completed')
  await shop.assertNoViolations()
})

/** Staff have edited the order, and payments has no request for its new sum. */
const editedUnnoticed = (order: Order): Order => ({ ...order, amount: 150_000, event_id: newId(), revision: 2 })

test('the payment of an old sum is cancelled when the time to pay is over, although the new sum was never requested (ORD-5, ORD-7)', async () => {
  const order = await shop.startedOrder()
  const edited = editedUnnoticed(order)
  await cancel(edited, 'keep')
  assert.equal((await chargeOf(order))?.status, 'cancelled')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'failed'])
  assert.deepEqual(events[1]?.data, { subject_type: 'order', subject_id: order.id, reason: 'cancelled' })
  await shop.publish(shop.requested(edited))
  await shop.deliver()
  assert.equal((await shop.paymentsOf(order)).length, 1, 'no payment of the new sum begins')
  await shop.assertNoViolations()
})

test('money of an old sum is not kept for an order whose new sum was never requested (ORD-5, ORD-7)', async () => {
  const [noticed, unnoticed] = [await shop.startedOrder(), await shop.startedOrder()]
  await shop.press('approve', noticed)
  await bank.decide(unnoticed.event_id, 'succeeded')
  for (const order of [noticed, unnoticed]) {
    await cancel(editedUnnoticed(order), 'keep')
    assert.equal(await shop.heldFor(order), 0)
    assert.deepEqual(
      (await shop.refundsOf(order)).map(({ requested_by, status }) => [requested_by, status]),
      [['surplus', 'done']],
    )
    assert.deepEqual((await shop.eventsOf(order)).at(-1)?.data['reason'], 'cancelled')
  }
  await shop.emptyInbox()
  await shop.deliver()
  for (const order of [noticed, unnoticed]) assert.equal((await shop.refundsOf(order)).length, 1)
  await shop.assertNoViolations()
})

test('a cancelled order is answered with the refund of the old sum that its buyer paid (ORD-7, PAY-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  await cancel(editedUnnoticed(order), 'refund')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a payment that succeeded unnoticed is refunded when the order is cancelled, with one answer', async () => {
  const order = await shop.startedOrder()
  await bank.decide(order.event_id, 'succeeded')
  await cancel(order, 'refund')
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a payment-cancellation-requested that comes again refunds nothing a second time', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  await cancel(order, 'refund')
  await shop.emptyInbox()
  await shop.deliver()
  assert.equal((await shop.refundsOf(order)).length, 1)
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a cancellation that is handled again publishes the same answer, whatever happened since (PLT-1, ORD-6)', async () => {
  const [unpaid, paid, kept, refusedOrder] = [
    await shop.startedOrder(),
    await shop.startedOrder(),
    await shop.startedOrder(),
    await shop.startedOrder(),
  ]
  for (const order of [paid, kept, refusedOrder]) await shop.press('approve', order)
  await cancel(unpaid, 'refund')
  await cancel(paid, 'refund')
  await cancel(kept, 'keep')
  await cancel(refusedOrder, 'refund', shop.moduleWith({ provider: { ...bank, refund: async () => 'refused' } }))
  expectResponse(await refund(refusedOrder, 125_000), 201)
  expectResponse(await refund(kept, 125_000), 201)
  const idsOf = async ({ id }: Order) => {
    const { rows } = await shop.pool.query<{ event_id: string }>(
      `select distinct event_id from platform.event where source = 'payments' and partition_key = $1`,
      [id],
    )
    return rows.map(({ event_id }) => event_id).toSorted()
  }
  const orders = [unpaid, paid, kept, refusedOrder]
  const before = await Promise.all(orders.map(idsOf))
  await shop.emptyInbox()
  await shop.deliver()
  assert.deepEqual(await Promise.all(orders.map(idsOf)), before)
  await shop.assertNoViolations()
})

test('two cancellations of one order have an answer each, because the checkout waits for both (PAY-6)', async () => {
  const order = await shop.startedOrder()
  await cancel(order, 'refund')
  await cancel(order, 'refund')
  const { rows } = await shop.pool.query(
    `select distinct event_id from platform.event where type = 'payments.payment-failed.v1' and partition_key = $1`,
    [order.id],
  )
  assert.equal(rows.length, 2)
})

test('a bank that falls silent after a refund has refunded once (PAY-6)', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  let silent = true
  const slow: Provider = {
    ...bank,
    refund: async (input) => {
      const outcome = await bank.refund(input)
      if (silent) throw new ProviderUnavailable('sandbox')
      return outcome
    },
  }
  await assert.rejects(cancel(order, 'refund', shop.moduleWith({ provider: slow })), ProviderUnavailable)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed'])
  silent = false
  await shop.deliver(shop.moduleWith({ provider: slow }))
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  await shop.assertNoViolations()
})

test('a payment is not cancelled before the bank answered the query (PAY-6)', async () => {
  const order = await shop.startedOrder()
  const silent: Provider = { ...bank, query: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  await assert.rejects(cancel(order, 'refund', shop.moduleWith({ provider: silent })), ProviderUnavailable)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started'])
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'failed'])
})

test('a success that the bank reports only when it is asked to cancel is booked and refunded (F-8)', async () => {
  const order = await shop.startedOrder()
  const paidMeanwhile: Provider = {
    ...bank,
    cancel: async (key) => {
      await bank.decide(order.event_id, 'succeeded')
      return await bank.cancel(key)
    },
  }
  await cancel(order, 'refund', shop.moduleWith({ provider: paidMeanwhile }))
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'refunded'])
  assert.equal(await shop.heldFor(order), 0)
  await shop.assertNoViolations()
})

test('a refund that the bank refuses is published once, shown by posad check, and ends with the refund of staff (PAY-5)', async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  let requests = 0
  const refuse: Provider['refund'] = async () => {
    requests++
    return 'refused'
  }
  await cancel(order, 'refund', shop.moduleWith({ provider: { ...bank, refund: refuse } }))
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'completed', 'refund-refused'])
  assert.deepEqual([events[2]?.data['refund_amount'], events[2]?.data['status']], [1000, 'completed'])
  assert.equal(requests, 1)
  const check = shop.module.checks?.find(({ name }) => name === 'payments.buyers-are-refunded')
  const [violation] = (await check?.violations({ atRest: true })) ?? []
  assert.equal(violation && 'payment_id' in violation && violation.payment_id, order.event_id)
  expectResponse(await refund(order, 1000), 201)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refund-refused', 'refunded'])
  await shop.assertNoViolations()
})

test('twenty orders approved and cancelled at once: each ends once and none keeps its money (REL-5)', async () => {
  const orders = Array.from({ length: 20 }, () => shop.newOrder())
  await shop.publish(...orders.map((order) => shop.requested(order)))
  await shop.deliver()
  await shop.publish(...orders.map((order) => shop.cancellationRequested(order)))
  const pressed = crowd(20, async (i) => await shop.press('approve', orders[i] as Order))
  await shop.deliver()
  await pressed
  for (const order of orders) {
    const names = namesOf(await shop.eventsOf(order))
    assert.ok(['failed', 'refunded'].includes(names.at(-1) ?? ''), names.join())
    assert.equal(names.filter((name) => name === 'failed' || name === 'refunded').length, 1, names.join())
    assert.equal(await shop.heldFor(order), 0)
    const charge = await chargeOf(order)
    assert.equal(charge?.status === 'succeeded', names.at(-1) === 'refunded')
  }
  await shop.assertNoViolations()
})

test('starting a payment and cancelling it at once leaves nothing open (REL-5)', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => shop.startedOrder()))
  for (const order of orders) await shop.press('decline', order)
  await shop.publish(...orders.map((order) => shop.cancellationRequested(order)))
  const processed = crowd(30, async (i) => await shop.process(orders[i % 10] as Order, anna))
  await shop.deliver()
  for (const response of await processed)
    assert.ok(response.status === 'fulfilled' && [200, 409].includes(response.value.status))
  for (const order of orders) {
    assert.ok((await shop.paymentsOf(order)).every(({ status }) => status === 'failed'))
    assert.equal(namesOf(await shop.eventsOf(order)).at(-1), 'failed')
    expectProblem(await shop.process(order), 409, 'not-payable')
  }
  await shop.assertNoViolations()
})

test('a payment that starts during its cancellation is refused by the bank, with one answer (PAY-6)', async () => {
  const order = await shop.startedOrder()
  await shop.press('decline', order)
  const silent: Provider = { ...bank, start: () => Promise.reject(new ProviderUnavailable('sandbox')) }
  const api = await openTestApi([shop.moduleWith({ provider: silent })])
  const response = await api.send(anna, 'POST /payments/process', { body: { order_id: order.id } })
  await api.close()
  expectProblem(response, 503, 'provider-unavailable')
  const interrupted: Provider = {
    ...bank,
    cancel: async (key) => {
      const charge = await bank.cancel(key)
      assert.equal((await shop.processed(order)).status, 'failed')
      return charge
    },
  }
  await cancel(order, 'refund', shop.moduleWith({ provider: interrupted }))
  const events = (await shop.eventsOf(order)).slice(2)
  assert.deepEqual(namesOf(events), ['started', 'failed'])
  await shop.assertNoViolations()
})
