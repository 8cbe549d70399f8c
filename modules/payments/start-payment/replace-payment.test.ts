import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, olga, runJob } from '#platform/testing'
import { after as later, minutes, newId, systemClock } from '#platform/values'
import type { Provider } from '../index.ts'
import { sandbox, type Sandbox } from '../providers/sandbox.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
let bank: Sandbox
before(async () => {
  shop = await openPaymentsTest()
  bank = sandbox({ db: shop.db, mode: 'page' })
})
after(() => shop.close())

/** The request of an order whose sum has changed. */
const revisionOf = (order: Order, amount: number, revision = 2): Order => ({
  ...order,
  amount,
  revision,
  event_id: newId(),
})
const request = async (order: Order, to = shop.module) => {
  await shop.publish(shop.requested(order))
  await shop.deliver(to)
}
const statusesOf = async (order: Order) =>
  (await shop.paymentsOf(order)).map(({ amount, revision, status }) => [amount, revision, status])

test('an order with a new sum has a new payment, and the old one is cancelled at the bank (ORD-7, PAY-1)', async () => {
  const order = await shop.startedOrder(1000)
  const edited = revisionOf(order, 1500)
  await request(edited)
  assert.deepEqual(await statusesOf(order), [
    [1000, 1, 'failed'],
    [1500, 2, 'pending'],
  ])
  assert.equal((await bank.query({ payment_id: order.event_id, amount: 1000, currency: 'RUB' }))?.status, 'cancelled')
  const events = await shop.eventsOf(order)
  assert.deepEqual(namesOf(events), ['started', 'started'])
  assert.deepEqual([events[1]?.data['amount'], events[1]?.data['revision']], [1500, 2])
  await shop.press('approve', order)
  assert.deepEqual(await statusesOf(order), [
    [1000, 1, 'failed'],
    [1500, 2, 'completed'],
  ])
  assert.equal(await shop.heldFor(order), 1500)
  await shop.assertNoViolations()
})

test('a repeated request, and one with an earlier sum, replace no payment (ORD-7)', async () => {
  const order = await shop.startedOrder(1000)
  const edited = revisionOf(order, 1500)
  await request(edited)
  const before = await statusesOf(order)
  await shop.emptyInbox()
  await shop.deliver()
  await request(revisionOf(order, 900, 1))
  await request(revisionOf(order, 700, 2))
  assert.deepEqual(await statusesOf(order), before)
  await shop.assertNoViolations()
})

test('money of the old sum is refunded, and the buyer pays the new one (ORD-7, PAY-2)', async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  await request(revisionOf(order, 1500))
  await runJob(shop.module, 'payments.finish-refunds')
  assert.deepEqual(await statusesOf(order), [
    [1000, 1, 'refunded'],
    [1500, 2, 'pending'],
  ])
  await shop.press('approve', order)
  assert.equal(await shop.heldFor(order), 1500)
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'started', 'completed'])
  await shop.assertNoViolations()
})

test('a success of the old sum that the bank reports late is refunded and changes nothing else (ORD-7, PAY-6)', async () => {
  const order = await shop.startedOrder(1000)
  const lyingBank: Provider = {
    ...bank,
    cancel: async ({ amount, currency }) => ({ status: 'cancelled', amount, currency, confirmation_url: null }),
  }
  await request(revisionOf(order, 1500), shop.moduleWith({ provider: lyingBank }))
  await bank.decide(order.event_id, 'succeeded')
  await runJob(shop.moduleWith({ now: () => later(systemClock(), minutes(2)) }), 'payments.refresh-open-payments')
  await runJob(shop.module, 'payments.finish-refunds')
  assert.deepEqual(await statusesOf(order), [
    [1000, 1, 'refunded'],
    [1500, 2, 'pending'],
  ])
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'started'])
  await shop.press('approve', order)
  await shop.assertNoViolations()
})

test('while the old payment is being cancelled no other begins, and after a crash the next attempt goes on (ORD-7)', async () => {
  const order = await shop.startedOrder(1000)
  let inside: () => Promise<void> = async () => {}
  const dying: Provider = {
    ...bank,
    cancel: async () => {
      await inside()
      throw new Error('the process died')
    },
  }
  inside = async () => {
    expectProblem(await shop.process(order), 503, 'payment-not-ready')
    await shop.press('approve', order)
  }
  await assert.rejects(request(revisionOf(order, 1500), shop.moduleWith({ provider: dying })), /the process died/)
  assert.deepEqual(await statusesOf(order), [[1000, 1, 'pending']])
  await shop.deliver()
  assert.deepEqual(await statusesOf(order), [
    [1000, 1, 'failed'],
    [1500, 2, 'pending'],
  ])
  await shop.assertNoViolations()
})

test('a cancelled order gets no payment of a new sum (ORD-7, PAY-6)', async () => {
  const order = await shop.startedOrder(1000)
  await shop.publish(shop.cancellationRequested(order))
  await shop.deliver()
  await request(revisionOf(order, 1500))
  assert.deepEqual(await statusesOf(order), [[1000, 1, 'failed']])
  await shop.assertNoViolations()
})

test('ten orders that are paid while their sums change hold the new sums, or nothing (ORD-7, REL-5)', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, () => shop.startedOrder(1000)))
  await shop.publish(...orders.map((order) => shop.requested(revisionOf(order, 1500))))
  const pressed = crowd(30, async (i) => await shop.press('approve', orders[i % 10] as Order))
  await shop.deliver()
  await pressed
  await runJob(shop.module, 'payments.finish-refunds')
  for (const order of orders) {
    const held = await shop.heldFor(order)
    assert.ok(held === 0 || held === 1500, `${held}`)
    const payments = await shop.paymentsOf(order)
    assert.ok(payments.every(({ revision, status }) => revision === 2 || status === 'failed' || status === 'refunded'))
    assert.equal(payments.filter(({ revision }) => revision === 2).length, 1)
  }
  await shop.assertNoViolations()
})

test('a refund by hand of the old sum is none of the order, which goes on with the new one (ORD-7, PAY-5)', async () => {
  const order = await shop.startedOrder(1000)
  await shop.press('approve', order)
  await shop.publish(shop.requested(revisionOf(order, 1500)))
  const refusing = shop.moduleWith({ provider: { ...bank, refund: async () => 'refused' } })
  await shop.deliver(refusing)
  await assert.rejects(runJob(refusing, 'payments.finish-refunds'))
  const body = { reason: 'the sum has changed' }
  const { status } = await shop.api.send(olga, `POST /admin/payments/${order.event_id}/refund`, { body })
  assert.ok(status < 300, `${status}`)
  assert.ok((await statusesOf(order)).some(([amount, , state]) => amount === 1000 && state === 'refunded'))
  assert.ok((await shop.eventsOf(order)).every(({ type }) => type !== 'payments.payment-refunded.v1'))
})
