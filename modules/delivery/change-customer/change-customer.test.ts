import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderOwnerChanged } from '#ordering/events'
import { anna, boris } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

test('the account that has an order now sees its shipment, and no other shipment changes (ORD-8, ORD-11)', async () => {
  const [order_id, other] = [newId(), newId()]
  for (const id of [order_id, other]) await shop.request({ order_id: id, user_id: anna.user_id })
  await shop.deliver()
  for (let times = 0; times < 2; times++) {
    await shop.publish(orderOwnerChanged({ order_id, user_id: boris.user_id }))
    await shop.deliver()
  }
  const customerOf = async (id: string) =>
    (await shop.db.selectFrom('delivery.shipments').select('user_id').where('order_id', '=', id).execute())[0]?.user_id
  assert.deepEqual([await customerOf(order_id), await customerOf(other)], [boris.user_id, anna.user_id])
  const published = (await shop.eventsOf(order_id)).filter((event) => event.startsWith('customer-changed'))
  assert.deepEqual(published, ['customer-changed'], 'a repeat publishes nothing')
})
