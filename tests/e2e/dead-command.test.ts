import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { CancellationAccepted } from '#ordering/schema'
import { deadMessages } from '#platform/events'
import { eventually, expectResponse } from '#platform/testing'
import { openShop, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, press, toPickup } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ OUTBOX_MAX_ATTEMPTS: '1' })
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

test('a buyer whose first payment request died pays, cancels, and gets her money back (ORD-3, ORD-5, PAY-5)', async () => {
  const { db } = shop.app
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  await sql`alter table payments.sandbox_charges rename to hidden_charges`.execute(db)
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  await eventually(async () => assert.equal((await deadMessages(db)).total, 1))
  await sql`alter table payments.hidden_charges rename to sandbox_charges`.execute(db)

  expectResponse(await shop.send(as, 'POST /payments/process', { body: { order_id: id } }), 200)
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping')
  expectResponse(await shop.send(as, `POST /orders/${id}/cancel`), 200, CancellationAccepted)
  const { payment } = await orderBecomes(shop, { id, as }, 'cancelled')
  assert.equal(payment.status, 'refunded')
  assert.equal((await deadMessages(db)).total, 0)
})
