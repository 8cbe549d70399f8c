import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parcelCancellationRequested, shipmentCreated } from '#delivery/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { crowd, deliverEvents, expectProblem } from '#platform/testing'
import { newId } from '#platform/values'
import { carriage, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())

type Shipment = Readonly<{ shipment_id: string; order_id: string }>

const request = (shipment: Shipment) =>
  transaction(shop.db, (tx) => publish(tx, [parcelCancellationRequested(shipment)]))
const handle = () => deliverEvents(shop.db, [shop.module])

/** A parcel that a courier has accepted. */
async function acceptedParcel() {
  const as = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  await shop.press(as, parcel.shipment_id, 'accept')
  return {
    as,
    parcel,
    send: (step: string) => shop.api.send(as, `POST /dispatch/me/parcels/${parcel.shipment_id}/${step}`),
  }
}

test('a parcel that no courier has in his hands is cancelled, and cannot be picked up any more (DSP-9)', async () => {
  await shop.clear()
  const { parcel, send } = await acceptedParcel()
  for (let i = 0; i < 2; i++) await request(parcel)
  await handle()
  assert.equal((await shop.rowOf(parcel)).status, 'cancelled')
  expectProblem(await send('pick-up'), 409, 'not-accepted')
  assert.deepEqual(await shop.typesOf(parcel.order_id), ['parcel-accepted', 'parcel-cancelled', 'parcel-cancelled'])
})

test('a parcel that its courier has in his hands is not cancelled (DSP-9)', async () => {
  await shop.clear()
  const { as, parcel } = await acceptedParcel()
  await shop.press(as, parcel.shipment_id, 'pick-up')
  await request(parcel)
  await handle()
  assert.equal((await shop.rowOf(parcel)).status, 'picked_up')
  assert.equal((await shop.typesOf(parcel.order_id)).at(-1), 'parcel-cancellation-refused')
})

test('a shipment that was cancelled before its parcel was created gets none, when its creation comes late (DSP-9)', async () => {
  const shipment = { shipment_id: newId(), order_id: newId() }
  await request(shipment)
  await handle()
  assert.deepEqual(await shop.typesOf(shipment.order_id), ['parcel-cancelled'])
  const facts = { method: 'courier', status: 'pending', tracking_number: null, carriage } as const
  await transaction(shop.db, (tx) => publish(tx, [shipmentCreated({ ...shipment, ...facts })]))
  await handle()
  await assert.rejects(shop.rowOf(shipment), /There is no parcel/)
  await request(shipment)
  await handle()
  assert.deepEqual(await shop.typesOf(shipment.order_id), ['parcel-cancelled', 'parcel-cancelled'])
})

test('a pick-up and a cancellation at once: the answer says which came first (DSP-9)', async () => {
  const ends = new Set<string>()
  for (let round = 0; round < 10; round++) {
    await shop.clear()
    const { parcel, send } = await acceptedParcel()
    await request(parcel)
    const both = [() => send('pick-up'), handle]
    if (round % 2 === 1) both.reverse()
    await crowd(2, async (i) => void (await both[i]?.()))
    await handle()
    const { status } = await shop.rowOf(parcel)
    ends.add(status)
    const types = (await shop.typesOf(parcel.order_id)).slice(1)
    const expected = status === 'picked_up' ? ['parcel-picked-up', 'parcel-cancellation-refused'] : ['parcel-cancelled']
    assert.deepEqual(types, expected)
  }
  for (const end of ends) assert.ok(end === 'picked_up' || end === 'cancelled', end)
})
