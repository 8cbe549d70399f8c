import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
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
