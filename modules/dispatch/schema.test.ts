import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkedValues } from '#platform/testing'
import { orderStatuses } from './course/schema.ts'
import { duties, parcelStatuses } from './fleet/schema.ts'
import { openDispatchTest, type DispatchTest } from './testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
after(() => shop.close())

test('the database admits exactly the values that the schema lists (DSP-2, DSP-10)', async () => {
  for (const [table, column, listed] of [
    ['dispatch.orders', 'status', orderStatuses],
    ['dispatch.parcels', 'status', parcelStatuses],
    ['dispatch.fleet_couriers', 'duty', duties],
  ] as const)
    assert.deepEqual(await checkedValues(shop.db, table, column), new Set<string>(listed), `${table}.${column}`)
})
