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

test('only a courier with the skills that a parcel requires is asked, unless staff choose another one (DSP-10)', async () => {
  await shop.clear()
  const near = await shop.onDuty('Пётр')
  const skilled = await shop.onDuty('Иван', { position: north(3), skills: ['age-check', 'cold-bag'] })
  const [parcel] = await shop.addParcels({ at: north(1) })
  const path = `PATCH /dispatch/parcels/${parcel.shipment_id}` as const
  const body = { required_skills: ['cold-bag'] }
  assert.deepEqual(
    expectResponse(await shop.api.send(olga, path, { body }), 200, ParcelView).required_skills,
    body.required_skills,
  )
  expectProblem(await shop.api.send(olga, path, { body: { required_skills: ['Cold bag'] } }), 400, 'validation-failed')
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).courier_id, skilled.user_id)

  await shop.press(skilled, parcel.shipment_id, 'decline')
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).status, 'waiting', 'the courier without a cold bag is not asked')
  const assigned = { body: { courier_id: near.user_id } }
  expectResponse(await shop.api.send(olga, `POST /dispatch/parcels/${parcel.shipment_id}/assign`, assigned), 200)
  await shop.fleet.planRoutes()
  assert.equal((await shop.routeOf(near)).stops.length, 2)
})

test('a parcel waits whose skills no one courier has together, and the others are planned (DSP-10)', async () => {
  await shop.clear()
  const pyotr = await shop.onDuty('Пётр', { skills: ['cold-bag'] })
  await shop.onDuty('Иван', { skills: ['age-check'] })
  const [both, other] = await shop.addParcels({ at: north(1) }, { at: north(2) })
  const change = (id: string, required_skills: string[]) =>
    shop.api.send(olga, `PATCH /dispatch/parcels/${id}`, { body: { required_skills } })
  expectResponse(await change(both.shipment_id, ['cold-bag', 'age-check']), 200)
  expectResponse(await change(other.shipment_id, ['cold-bag']), 200)
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(both)).status, 'waiting')
  assert.equal((await shop.rowOf(other)).courier_id, pyotr.user_id)
})
