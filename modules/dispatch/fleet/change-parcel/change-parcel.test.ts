import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse, olga } from '#platform/testing'
import { ParcelView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())

const later = (minutes: number) => new Date(shop.now().getTime() + minutes * 60_000).toISOString()

test('staff promise another window, and no courier is asked for the parcel before it is time (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(1) })
  const change = (body: object) => shop.api.send(olga, `PATCH /dispatch/parcels/${parcel.shipment_id}`, { body })
  const window = { from: later(120), to: later(180) }
  const changed = expectResponse(await change({ window, volume_litres: 7 }), 200, ParcelView)
  assert.deepEqual([changed.window_from, changed.window_to, changed.volume_litres], [window.from, window.to, 7])
  expectProblem(await change({ window: { from: later(60), to: later(60) } }), 400, 'wrong-window')
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).status, 'waiting')
  shop.advance(110 * 60_000)
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).status, 'offered')
  for (const step of ['accept', 'pick-up']) await shop.press(pyotr, parcel.shipment_id, step)
  await shop.press(pyotr, parcel.shipment_id, 'deliver', { pin: (await shop.rowOf(parcel)).pin })
  expectProblem(await change({ volume_litres: 8 }), 409, 'is-over')
})
