import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { eventually, expectProblem, runJob } from '#platform/testing'
import { hasOneDatabase, openShop, staff, stockOf, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, paymentsOf, placeOrder, press, showOrder, toPickup } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ PAYMENT_TIMEOUT: '2s' })
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

/** A new customer orders one packet of tea. */
async function orderTea() {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const before = await stockOf(shop, variant_id)
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  return { order: { id, as }, variant_id, before }
}

test('an order that is not paid in time is cancelled, and its stock is free again (ORD-5)', async () => {
  const { order, variant_id, before } = await orderTea()
  const cancelled = await orderBecomes(shop, order, 'cancelled', 8000)
  assert.equal(cancelled.reason, 'payment-timeout')
  await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
})

test('an order whose payment was declined is cancelled when the time to pay is over (F-40, ORD-5)', async () => {
  const { order, variant_id, before } = await orderTea()
  await orderBecomes(shop, order, 'processing')
  await press(shop, order.id, 'decline')
  const cancelled = await orderBecomes(shop, order, 'cancelled', 8000)
  assert.equal(cancelled.reason, 'payment-timeout')
  assert.ok(cancelled.timeline.some(({ event }) => event === 'payment-declined'))
  await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
})

test('staff cannot ship an order that is not paid, and it ends without a shipment (F-13, DLV-1)', async () => {
  const { order } = await orderTea()
  const create = () => shop.send(staff, 'POST /delivery/create', { body: { order_id: order.id } })
  expectProblem(await create(), 409, 'order-not-paid')
  await orderBecomes(shop, order, 'processing')
  expectProblem(await create(), 409, 'order-not-paid')
  await orderBecomes(shop, order, 'cancelled', 8000)
  expectProblem(await create(), 409, 'order-closed')
  expectProblem(await shop.send(order.as, `GET /delivery/order/${order.id}`), 404, 'not-found')
})

const skip = hasOneDatabase ? false : 'it writes into the tables of payments, which another database has'

test('a payment that succeeds after its order is cancelled is refunded once (ORD-5, S2)', { skip }, async () => {
  const { order } = await orderTea()
  await orderBecomes(shop, order, 'cancelled', 8000)
  // The provider takes the money in spite of the cancellation, and a minute later a job reads the charge again.
  const { db, modules } = shop.app
  const { rows } = await sql<{ id: string }>`
    update payments.payments set created_at = created_at - interval '2 minutes' where subject_id = ${order.id} returning id
  `.execute(db)
  await sql`update payments.sandbox_charges set status = 'succeeded' where payment_id = ${rows[0]?.id}`.execute(db)
  await runJob({ jobs: modules.flatMap(({ jobs = [] }) => jobs) }, 'payments.refresh-open-payments')
  await eventually(
    async () => {
      const statuses = (await paymentsOf(shop, order)).map(({ status }) => status)
      assert.deepEqual(statuses, ['refunded'])
    },
    { within: 8000 },
  )
  assert.equal((await showOrder(shop, order)).status, 'cancelled')
})

test('an order that is paid and cancelled at the same moment is refunded, or never paid (ORD-3, PAY-6)', async () => {
  for (let round = 0; round < 5; round++) {
    const { order, variant_id, before } = await orderTea()
    await orderBecomes(shop, order, 'processing')
    await Promise.all([press(shop, order.id, 'approve'), shop.send(order.as, `POST /orders/${order.id}/cancel`)])
    const { payment } = await orderBecomes(shop, order, 'cancelled', 8000)
    assert.ok(['failed', 'refunded'].includes(payment.status ?? ''), `the payment is ${payment.status}`)
    await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
  }
})
