import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { checkedValues } from '#platform/testing'
import { deliveryMethods, orderStatuses, paymentMethods } from './schema.ts'
import { openOrderingTest, type OrderingTest } from './testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

test('the database admits exactly the statuses and methods that the code knows (ORD-9)', async () => {
  for (const [column, known] of [
    ['status', orderStatuses],
    ['payment_method', paymentMethods],
    ['delivery_method', deliveryMethods],
  ] as const)
    assert.deepEqual(await checkedValues(shop.db, 'ordering.orders', column), new Set<string>(known), column)
})
