import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import type { Caller } from '#platform/access'
import { expectProblem, expectResponse, guest } from '#platform/testing'
import { TrackedParcelView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

function link() {
  const token = randomBytes(32).toString('base64url')
  const tracking_hash = createHash('sha256').update(token).digest('base64url')
  const get = () => shop.api.send(guest, `GET /dispatch/track/${token}`)
  return { token, tracking_hash, get, show: async () => expectResponse(await get(), 200, TrackedParcelView) }
}

const reportAt = async (as: Caller, place: { lat: number; lng: number }) => {
  shop.advance(1000)
  const positions = [{ ...place, at: shop.now().toISOString() }]
  expectResponse(await shop.api.send(as, 'POST /dispatch/me/positions', { body: { positions } }), 200)
}

test('the link shows the first name and the position of the courier only while he brings the parcel (DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр Иванов')
  const { tracking_hash, show, get, token } = link()
  const [parcel] = await shop.addParcels({ at: north(3), tracking_hash })
  await shop.fleet.planRoutes()
  const hidden = { courier_name: null, stops_before: null, position: null, arrived: false }
  const offered = await show()
  assert.deepEqual({ ...offered, expected_at: null }, { status: 'offered', expected_at: null, ...hidden })
  assert.ok(Date.parse(offered.expected_at ?? '') > shop.now().getTime())

  for (const step of ['accept', 'pick-up']) await shop.press(pyotr, parcel.shipment_id, step)
  await reportAt(pyotr, north(1))
  await shop.fleet.planRoutes()
  const brought = await show()
  assert.deepEqual([brought.courier_name, brought.stops_before, brought.position], ['Пётр', 0, north(1)])
  assert.ok(!JSON.stringify(brought).includes('Иванов'))
  shop.advance(11 * 60_000)
  assert.equal((await show()).position, null, 'an old position is not shown')

  await reportAt(pyotr, north(3))
  const { pin } = await shop.rowOf(parcel)
  const stream = shop.api.http.inject({ url: `/api/v1/dispatch/track/${token}/events` })
  await shop.press(pyotr, parcel.shipment_id, 'deliver', { pin })
  expectProblem(await get(), 404, 'not-found')
  const events = [...(await stream).body.matchAll(/^data: (.+)$/gm)].map(
    ([, text]) => JSON.parse(text!) as TrackedParcelView,
  )
  assert.deepEqual({ ...events.at(-1), expected_at: null }, { status: 'delivered', expected_at: null, ...hidden })
  assert.equal((await shop.api.http.inject({ url: `/api/v1/dispatch/track/${token}/events` })).statusCode, 204)
})

test('a customer does not see the courier at the addresses of others (DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [first, second] = [link(), link()]
  const parcels = await shop.addParcels(
    { at: north(1), tracking_hash: first.tracking_hash },
    { at: north(2), tracking_hash: second.tracking_hash },
  )
  await shop.fleet.planRoutes()
  for (const step of ['accept', 'pick-up'])
    for (const { shipment_id } of parcels) await shop.press(pyotr, shipment_id, step)
  await reportAt(pyotr, north(0.5))
  await shop.fleet.planRoutes()
  const [next, later] = [await first.show(), await second.show()]
  assert.deepEqual([next.stops_before, next.position], [0, north(0.5)])
  assert.deepEqual([later.stops_before, later.position, later.courier_name], [1, null, 'Пётр'])
})

test('a guessed link is not found (DSP-12)', async () => {
  expectProblem(await shop.api.send(guest, `GET /dispatch/track/${'x'.repeat(43)}`), 404, 'not-found')
})
