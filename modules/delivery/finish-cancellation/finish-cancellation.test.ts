import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parcelCancelled, parcelDelivered, parcelPickedUp } from '#dispatch/events'
import { expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

/** A shipment whose parcel is asked whether it may be cancelled. */
async function askedShipment() {
  const shipment = await shop.createdShipment()
  await shop.cancel(shipment.order_id)
  await shop.deliverAlone()
  return shipment
}

const carriedBy = (courier_id: string, { id: parcel_id, order_id }: { id: string; order_id: string }) => ({
  parcel_id,
  order_id,
  courier_id,
})

test('a shipment is cancelled when its parcel is, and not before (DLV-6, DSP-9)', async () => {
  const shipment = await askedShipment()
  assert.deepEqual(await shop.eventsOf(shipment.order_id), ['created pending'])
  const setStatus = shop.api.send(olga, `POST /admin/shipments/${shipment.id}/status`, {
    body: { status: 'in_transit' },
  })
  expectProblem(await setStatus, 409, 'shipment-being-cancelled')
  await shop.publish(parcelCancelled({ parcel_id: shipment.id, order_id: shipment.order_id }))
  await shop.deliverAlone()
  assert.deepEqual(await shop.eventsOf(shipment.order_id), ['created pending', 'pending>cancelled', 'cancelled'])
})

test('a courier who picks the parcel up before its cancellation brings it, and the order learns so (DLV-6, DSP-9)', async () => {
  const shipment = await askedShipment()
  const carried = carriedBy(newId(), shipment)
  await shop.publish(parcelPickedUp(carried))
  await shop.refuseCancellation(shipment)
  await shop.publish(parcelDelivered(carried))
  await shop.deliverAlone()
  assert.deepEqual(await shop.eventsOf(shipment.order_id), [
    'created pending',
    'pending>out_for_delivery',
    'cancellation-refused out_for_delivery',
    'out_for_delivery>delivered',
    'delivered',
  ])
  assert.equal((await shop.rowOf(shipment.order_id))?.cancelling_at, null)
})

test('a delivery that the courier reports before the answer counts (DLV-6, DSP-9)', async () => {
  const shipment = await askedShipment()
  await shop.publish(parcelDelivered(carriedBy(newId(), shipment)))
  await shop.refuseCancellation(shipment)
  await shop.deliverAlone()
  const events = await shop.eventsOf(shipment.order_id)
  assert.deepEqual(events.slice(1), ['pending>delivered', 'delivered', 'cancellation-refused delivered'])
})

test('staff go on with a shipment whose parcel is not cancelled (DLV-6)', async () => {
  const shipment = await askedShipment()
  await shop.refuseCancellation(shipment)
  await shop.deliverAlone()
  assert.equal((await shop.eventsOf(shipment.order_id)).at(-1), 'cancellation-refused pending')
  expectResponse(await shop.api.send(olga, `POST /delivery/${shipment.id}/deliver`), 200)
})

test('an order that asks twice gets the same answer twice (DLV-6, PLT-1)', async () => {
  const shipment = await askedShipment()
  for (let i = 0; i < 2; i++)
    await shop.publish(parcelCancelled({ parcel_id: shipment.id, order_id: shipment.order_id }))
  await shop.deliverAlone()
  const events = await shop.eventsOf(shipment.order_id)
  assert.deepEqual(events.slice(1), ['pending>cancelled', 'cancelled', 'cancelled'])
})
