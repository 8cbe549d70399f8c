import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { returnReceived } from '#catalog/events'
import { parcelDelivered, parcelFailed, parcelPickedUp, parcelReturned } from '#dispatch/events'
import { expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

/** A shipment to which staff gave a status. */
async function shipmentThatIs(status: 'failed' | 'delivered') {
  const { id, order_id } = await shop.createdShipment()
  expectResponse(await shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body: { status } }), 200)
  return { order_id, carried: { parcel_id: id, order_id, courier_id: newId() } }
}

test('a delivery of a parcel that staff gave up as failed goes to staff (DSP-9, DLV-6)', async () => {
  const { order_id, carried } = await shipmentThatIs('failed')
  await shop.publish(parcelDelivered(carried))
  await shop.deliver()
  assert.equal((await shop.eventsOf(order_id)).at(-1), 'courier-report-rejected delivered')
  assert.equal((await shop.rowOf(order_id))?.status, 'failed')
})

test('a parcel that comes back although staff have delivered it goes to staff (DSP-9, DLV-6)', async () => {
  const { order_id, carried } = await shipmentThatIs('delivered')
  await shop.publish(parcelFailed({ ...carried, reason: 'no-answer' }))
  await shop.deliver()
  assert.equal((await shop.eventsOf(order_id)).at(-1), 'courier-report-rejected failed')
})

test('a late report that agrees with the end of its shipment changes nothing (DSP-9)', async () => {
  const [failed, delivered] = [await shipmentThatIs('failed'), await shipmentThatIs('delivered')]
  await shop.publish(parcelFailed({ ...failed.carried, reason: 'no-answer' }))
  await shop.publish(parcelReturned(failed.carried))
  await shop.publish(parcelPickedUp(delivered.carried), parcelDelivered(delivered.carried))
  await shop.deliver()
  assert.deepEqual((await shop.eventsOf(failed.order_id)).slice(-1), ['failed>returned'])
  assert.deepEqual((await shop.eventsOf(delivered.order_id)).slice(-1), ['delivered'])
})

test('a parcel that a courier picked up while staff gave it up goes to staff: its goods are on sale (DSP-9, CAT-13)', async () => {
  const { order_id, carried } = await shipmentThatIs('failed')
  await shop.publish(parcelPickedUp(carried))
  await shop.deliver()
  assert.equal((await shop.eventsOf(order_id)).at(-1), 'courier-report-rejected picked_up')
})

test('a parcel that fails says whether it had left the shop, and only then its return counts (DSP-10, CAT-13)', async () => {
  const goodsLeft = async (order_id: string) => {
    const { rows } = await sql<{ goods_left: string }>`
      select data ->> 'goods_left' as goods_left from platform.event
      where partition_key = ${order_id} and type = 'delivery.shipment-failed.v1'`.execute(shop.db)
    return rows.map((row) => row.goods_left)
  }
  const inShop = await shipmentThatIs('failed')
  await shop.publish(parcelReturned(inShop.carried))
  const { id, order_id } = await shop.createdShipment()
  const carried = { parcel_id: id, order_id, courier_id: newId() }
  await shop.publish(
    parcelPickedUp(carried),
    parcelFailed({ ...carried, reason: 'no-answer' }),
    parcelReturned(carried),
  )
  await shop.deliver()
  assert.deepEqual(await goodsLeft(inShop.order_id), ['false'])
  assert.deepEqual(await goodsLeft(order_id), ['true'])
  assert.equal((await shop.eventsOf(inShop.order_id)).at(-1), 'failed>returned')
  assert.deepEqual((await shop.eventsOf(order_id)).slice(-2), ['failed>returned', 'returned'])
})

test('goods that staff receive bring their shipment back, unless all of them are lost (DLV-2, CAT-13)', async () => {
  const received = (order_id: string, counts: object) =>
    returnReceived({ order_id, items: [{ variant_id: newId(), sellable: 0, damaged: 0, lost: 0, ...counts }] })
  const [damaged, lost, delivered] = [
    await shipmentThatIs('failed'),
    await shipmentThatIs('failed'),
    await shipmentThatIs('delivered'),
  ]
  await shop.publish(
    received(damaged.order_id, { damaged: 1 }),
    received(damaged.order_id, { damaged: 1 }),
    received(lost.order_id, { lost: 1 }),
    received(delivered.order_id, { sellable: 1 }),
    received(newId(), { sellable: 1 }),
  )
  await shop.deliver()
  assert.equal((await shop.rowOf(damaged.order_id))?.status, 'returned')
  assert.equal((await shop.rowOf(lost.order_id))?.status, 'failed')
  assert.equal((await shop.rowOf(delivered.order_id))?.status, 'delivered')
})
