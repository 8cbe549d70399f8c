import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { eventually } from '#platform/testing'
import { arrives, onShelf, openShop, press, stockOf, type Shop } from './open-shop.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ PAYMENT_TIMEOUT: '2s' })
})
after(async () => {
  assert.deepEqual(await shop.violations(), {}, 'every invariant holds at the end')
  await shop.close()
})

async function orderTea(as: string): Promise<{ id: string; variant_id: string; before: object }> {
  const [tea] = await onShelf(shop, 'teas')
  assert.ok(tea)
  const before = await stockOf(shop, tea.variant_id)
  const body = { delivery_method: 'pickup', items: [{ variant_id: tea.variant_id, quantity: 1 }] }
  const placed = await shop.ask('POST', '/orders', { as, body })
  assert.equal(placed.status, 201, JSON.stringify(placed.body))
  return { id: placed.body.id, variant_id: tea.variant_id, before }
}

test('an order nobody pays is asked about, then cancelled, and its stock is free again (ORD-5)', async () => {
  const as = await shop.customer()
  const { id, variant_id, before } = await orderTea(as)
  const cancelled = await arrives(shop, { id, as }, 'cancelled', 8000)
  assert.equal(cancelled.reason, 'payment-timeout')
  await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
})

test('a payment that comes after the shop has given up is given back, once (ORD-5, S2)', async () => {
  const as = await shop.customer()
  const { id } = await orderTea(as)
  await arrives(shop, { id, as }, 'cancelled', 8000)
  // The bank took the money all the same, and a minute later our job reads that there.
  const { db, modules } = shop.app
  const { rows } = await sql<{ id: string }>`
    update payments.payments set created_at = created_at - interval '2 minutes' where subject_id = ${id} returning id
  `.execute(db)
  await sql`update payments.sandbox_charges set status = 'succeeded' where payment_id = ${rows[0]?.id}`.execute(db)
  const reread = modules
    .flatMap((module) => module.jobs ?? [])
    .find((job) => job.name === 'payments.refresh-open-payments')
  await reread?.work({}, new AbortController().signal)
  await eventually(
    async () => {
      const payments = [(await shop.ask('GET', `/payments/order/${id}`, { as })).body].flatMap(
        (list) => list.items ?? list,
      )
      assert.deepEqual(
        payments.map((payment) => payment.status),
        ['refunded'],
      )
    },
    { within: 8000 },
  )
  assert.equal((await shop.ask('GET', `/orders/${id}`, { as })).body.status, 'cancelled')
})

test('a payment and a cancellation at the same moment: paid and given back, or never paid (ORD-3, PAY-6)', async () => {
  for (let round = 0; round < 5; round++) {
    const as = await shop.customer()
    const { id, variant_id, before } = await orderTea(as)
    await arrives(shop, { id, as }, 'processing')
    await Promise.all([press(shop, id, 'approve'), shop.ask('POST', `/orders/${id}/cancel`, { as })])
    const { payment } = await arrives(shop, { id, as }, 'cancelled', 8000)
    assert.ok(['failed', 'refunded'].includes(payment.status), payment.status)
    await eventually(async () => assert.deepEqual(await stockOf(shop, variant_id), before))
  }
})
