import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violationsOf } from '#platform/testing'
import { sql } from 'kysely'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from './testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

/** Gives a pending shipment a timeline of these statuses, by plain SQL. */
async function shipmentWith(...statuses: string[]) {
  const { id } = await shop.createdShipment()
  const timeline = statuses.map((status) => ({ status, at: '2026-05-01T10:00:00Z' }))
  await sql`
    update delivery.shipments set timeline = ${JSON.stringify(timeline)}::jsonb where id = ${id}`.execute(shop.db)
  return id
}

test('a timeline that ends elsewhere, or goes on after the end, breaks an invariant (DLV-2)', async () => {
  await shop.cancel(newId())
  await shop.deliver()
  await shipmentWith('pending')
  await shipmentWith('in_transit', 'failed', 'pending')
  await shop.assertNoViolations()
  const broken = [
    await shipmentWith('pending', 'in_transit'),
    await shipmentWith('pending', 'delivered', 'pending'),
    await shipmentWith('cancelled', 'pending'),
  ]
  const found = (await violationsOf(shop.module)) as { id: string }[]
  assert.deepEqual(found.map(({ id }) => id).toSorted(), broken.toSorted())
})
