import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { paymentCompleted, paymentStarted } from '#payments/events'
import { shipmentCreated } from '#delivery/events'
import { anna, assertNoViolations, violationsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { openOrderingTest, paymentOf, teaItems, type OrderingTest } from './testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

test('posad check finds an unpaid order whose checkout has no timeout, in every state that waits (PLT-22, ORD-5)', async () => {
  const { id } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  const payment = paymentOf(id)
  const shipment = { shipment_id: newId(), order_id: id, method: 'pickup', tracking_number: null } as const
  const found: string[] = []
  for (const event of [paymentStarted(payment), paymentCompleted({ ...payment, transaction_id: 'b-1' })]) {
    found.push(...(await statesWithoutTimeout(id)))
    await shop.deliver(event)
  }
  found.push(...(await statesWithoutTimeout(id)))
  assert.deepEqual(found, ['starting-payment', 'awaiting-payment', 'awaiting-shipment'])
  await shop.deliver(shipmentCreated({ ...shipment, status: 'ready_for_pickup' }))
  assert.deepEqual(await statesWithoutTimeout(id), [], 'a parcel may wait for its buyer for any time')
})

/** Takes the timeout of a checkout, reads the states that the checks find, and restores it. */
async function statesWithoutTimeout(id: string): Promise<readonly string[]> {
  const { rows } = await sql<{ timeout_at: Date | null }>`
    update platform.saga set timeout_at = null where key = ${id} returning old.timeout_at`.execute(shop.db)
  const found = (await violationsOf(shop.module)) as readonly Readonly<{ order_id: string; state: string }>[]
  await sql`update platform.saga set timeout_at = ${rows[0]?.timeout_at ?? null} where key = ${id}`.execute(shop.db)
  await assertNoViolations(shop.module)
  return found.map(({ order_id, state }) => (order_id === id ? state : 'of another order'))
}
