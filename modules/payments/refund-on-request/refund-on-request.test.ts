import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { refundRequested } from '#ordering/events'
import { crowd, expectResponse, olga, raceFor, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import { ProviderUnavailable, type Provider } from '../index.ts'
import { sandbox } from '../providers/sandbox.ts'
import { AdminPaymentView } from '../schema.ts'
import { namesOf, openPaymentsTest, type Order, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const requestOf = ({ id }: Order, amount: number, refund_id = newId()) =>
  refundRequested({ subject_type: 'order', subject_id: id, refund_id, amount, reason: 'return' })
const request = async (order: Order, amount: number, refund_id?: string) => {
  await shop.publish(requestOf(order, amount, refund_id))
  await shop.deliver()
}
const paidOrder = async (amount: number) => {
  const order = await shop.startedOrder(amount)
  await shop.press('approve', order)
  return order
}
const refundNames = async (order: Order) => namesOf(await shop.eventsOf(order)).slice(2)
const bank = (refund: Provider['refund']) =>
  shop.moduleWith({ provider: { ...sandbox({ db: shop.db, mode: 'page' }), refund } })

test('a part of a payment is refunded for another module, once, and both books have it to the kopeck (ORD-10, PAY-7)', async () => {
  const order = await paidOrder(1000)
  const refund_id = newId()
  for (let times = 0; times < 2; times++) await request(order, 333, refund_id)
  await shop.emptyInbox()
  await shop.deliver()
  const [refunded, ...more] = (await shop.eventsOf(order)).slice(2)
  assert.deepEqual([refunded?.data['refund_id'], refunded?.data['refund_amount'], more.length], [refund_id, 333, 0])
  assert.deepEqual([refunded?.data['fully_refunded'], refunded?.data['status']], [false, 'partially_refunded'])
  assert.equal(await shop.heldFor(order), 667)
  const shown = await shop.api.send(olga, `GET /admin/payments/${order.event_id}`)
  assert.deepEqual(
    expectResponse(shown, 200, AdminPaymentView).refunds.map(({ requested_by }) => requested_by),
    ['return'],
  )
  await shop.assertNoViolations()
})

test('refunds of another module and of staff at once never exceed the payment; those above it are refused for good (ORD-10, REL-5)', async () => {
  const order = await paidOrder(1000)
  const requests = Array.from({ length: 5 }, () => requestOf(order, 300))
  await shop.publish(...requests)
  const body = { amount: 300, reason: 'broken cup' }
  await Promise.all([
    shop.deliver(),
    crowd(5, () => shop.api.send(olga, `POST /admin/payments/${order.event_id}/refund`, { body })),
  ])
  assert.equal((await shop.paymentsOf(order))[0]?.refunded_amount, 900)
  const names = await refundNames(order)
  assert.equal(names.filter((name) => name === 'refunded').length, 3)

  const refusals = () =>
    shop.eventsOf(order).then((events) => namesOf(events).filter((one) => one === 'refund-refused'))
  const refused_id = newId()
  await request(order, 101, refused_id)
  const refused = (await refusals()).length
  assert.equal((await shop.eventsOf(order)).at(-1)?.data['reason'], 'exceeds-captured')
  assert.ok(refused > 0)
  await request(order, 101, refused_id)
  assert.equal((await refusals()).length, refused, 'a repeat is answered once')
  assert.equal((await shop.refundsOf(order)).find(({ id }) => id === refused_id)?.status, 'refused')
  await shop.assertNoViolations()
})

test('a refund on request and one by staff wait for each other, and one of them is refused (ORD-10, REL-5)', async () => {
  const order = await paidOrder(1000)
  await shop.publish(requestOf(order, 600))
  const body = { amount: 600, reason: 'broken cup' }
  await raceFor(shop.db, {
    lock: sql`select from payments.payments where subject_id = ${order.id} for update`,
    waiting: 2,
    start: () =>
      Promise.all([shop.deliver(), shop.api.send(olga, `POST /admin/payments/${order.event_id}/refund`, { body })]),
  })
  assert.equal(await shop.heldFor(order), 400)
  await shop.assertNoViolations()
})

test('cash that was collected is refunded in cash, also when both events come at once (ORD-10)', async () => {
  const order = await shop.startedOrder(1000, 'cash_on_delivery')
  await shop.publish(shop.fulfilled(order), requestOf(order, 400))
  await shop.deliver()
  assert.deepEqual(namesOf(await shop.eventsOf(order)), ['started', 'completed', 'refunded'])
  assert.equal(await shop.heldFor(order), 600)
  await shop.assertNoViolations()
})

test('nothing is refunded before the payment is completed (ORD-10)', async () => {
  const order = await shop.startedOrder(1000)
  const unpaid = requestOf(order, 400)
  await shop.publish(unpaid)
  await assert.rejects(shop.deliver(), /has no completed payment yet/)
  assert.deepEqual(await shop.refundsOf(order), [])
  await shop.press('approve', order)
  await shop.deliver()
  assert.deepEqual(await refundNames(order), ['refunded'])
})

test('the operator reads that a return is refunded again where it is, not in payments (PAY-5, ORD-10)', async () => {
  const order = await paidOrder(1000)
  await shop.publish(requestOf(order, 400))
  await shop.deliver(
    bank(async () => {
      throw new ProviderUnavailable('sandbox')
    }),
  )
  await assert.rejects(
    runJob(
      bank(async () => 'refused'),
      'payments.finish-refunds',
    ),
    ({ errors }: AggregateError) => {
      assert.match(String(errors[0]), /refund the return again, not the payment/)
      return true
    },
  )
})

test('a silent bank delays the answer, and a bank that refuses is reported to the module that asked (ORD-10, PAY-6)', async () => {
  const [late, refused] = [await paidOrder(1000), await paidOrder(1000)]
  const silent = bank(async () => {
    throw new ProviderUnavailable('sandbox')
  })
  await shop.publish(requestOf(late, 250))
  await shop.deliver(silent)
  assert.deepEqual(await refundNames(late), [])
  await runJob(shop.module, 'payments.finish-refunds')
  assert.deepEqual(await refundNames(late), ['refunded'])

  await shop.publish(requestOf(refused, 250))
  await shop.deliver(bank(async () => 'refused'))
  assert.deepEqual(await refundNames(refused), ['refund-refused'])
  assert.equal((await shop.eventsOf(refused)).at(-1)?.data['reason'], 'provider-refused')
  assert.equal(await shop.heldFor(refused), 1000)
  await request(refused, 250)
  assert.deepEqual(await refundNames(refused), ['refund-refused', 'refunded'])
  await shop.assertNoViolations()
})
