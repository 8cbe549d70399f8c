import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { eventually } from '#platform/testing'
import { openShop, type Shop } from '../e2e/open-shop.ts'
import { firstOf, orderBecomes, placeOrder, toPickup } from '../e2e/purchase-steps.ts'
import { brokenInvariants, unfinishedWork } from './invariants.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ PAYMENT_SANDBOX: 'auto', DELIVERY_SANDBOX: 'auto' })
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 2 }] })
  await orderBecomes(shop, { id, as }, 'fulfilled')
})
after(() => shop.close())

class RolledBack extends Error {}

/** The names of the invariants that one change of the data breaks. The change is rolled back. */
async function brokenBy(change: string): Promise<readonly string[]> {
  let broken: readonly string[] = []
  const work = shop.app.db.transaction().execute(async (tx) => {
    await sql.raw(change).execute(tx)
    broken = Object.keys(await brokenInvariants(tx))
    throw new RolledBack()
  })
  await work.catch((error: unknown) => assert.ok(error instanceof RolledBack, String(error)))
  return broken
}

test('a shop at rest breaks no invariant of the fault tests (REL-2)', async () => {
  await eventually(async () => {
    assert.deepEqual(await unfinishedWork(shop.app.db), [])
    assert.deepEqual(await brokenInvariants(shop.app.db), {})
  })
})

/** Changes that the constraints of the tables allow. */
const changes: Readonly<Record<string, string>> = {
  'every order has ended': `update ordering.orders set status = 'shipping', fulfilled_at = null`,
  'the bank has the money of each fulfilled order once, and of no other': `update payments.sandbox_charges set refunded_amount = 1`,
  'the bank has no charge that the books do not have': `insert into payments.sandbox_charges (payment_id, amount, currency, status)
    values (gen_random_uuid(), 1, 'RUB', 'pending')`,
  'each fulfilled order has one delivered shipment, and no cancelled one has any on its way': `delete from delivery.shipments`,
  'a fulfilled order has sold its goods, and a cancelled one has freed them': `update catalog.holds set state = 'firm'`,
  'no goods are reserved but those of holds, and none are sold but those of fulfilled orders': `update catalog.stock set reserved = 1
    where variant_id = (select variant_id from ordering.lines limit 1)`,
}

for (const [name, change] of Object.entries(changes))
  test(`the fault tests notice a change after which it is not true that ${name} (REL-2, REL-6)`, async () => {
    assert.ok((await brokenBy(change)).includes(name))
  })
