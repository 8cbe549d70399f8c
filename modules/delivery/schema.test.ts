import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkedValues } from '#platform/testing'
import { deliveryMethods, shipmentStatuses } from './schema.ts'
import { openDeliveryTest, type DeliveryTest } from './testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

test('the database admits exactly the values that the schema lists (DLV-2)', async () => {
  for (const [column, listed] of [
    ['status', shipmentStatuses],
    ['method', deliveryMethods],
  ] as const)
    assert.deepEqual(await checkedValues(shop.db, 'delivery.shipments', column), new Set<string>(listed), column)
})
