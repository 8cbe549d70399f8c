import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userDeleted } from '#identity/events'
import { anna, boris, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

const personOf = async (order_id: string) =>
  await shop.db
    .selectFrom('delivery.shipments')
    .select(['recipient_name', 'recipient_phone', 'comment', 'delivery_address'])
    .where('order_id', '=', order_id)
    .executeTakeFirstOrThrow()
const anonymous = { recipient_name: null, recipient_phone: null, comment: null, delivery_address: '———' }

async function ship(user_id: string): Promise<string> {
  const order_id = newId()
  await shop.request({ order_id, user_id })
  await shop.deliver()
  return order_id
}

test('the ended shipments of a deleted customer name no person, others as soon as they end (ID-18)', async () => {
  const [ended, onItsWay, ofBoris] = [await ship(anna.user_id), await ship(anna.user_id), await ship(boris.user_id)]
  await shop.cancel(ended)
  await shop.cancel(ofBoris)
  await shop.deliver()
  const person = await personOf(onItsWay)
  for (let times = 0; times < 2; times++) {
    await shop.publish(userDeleted({ user_id: anna.user_id }))
    await shop.deliver()
    assert.deepEqual(await personOf(ended), anonymous)
    assert.deepEqual(await personOf(onItsWay), person, 'the courier needs it')
    assert.deepEqual(await personOf(ofBoris), person)
  }
  await shop.cancel(onItsWay)
  await shop.deliver()
  await runJob(shop.module, 'delivery.anonymise-ended-shipments')
  assert.deepEqual(await personOf(onItsWay), anonymous)
  assert.deepEqual(await personOf(ofBoris), person)
})
