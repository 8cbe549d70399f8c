import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import type { Caller } from '#platform/access'
import { crowd, expectProblem, expectResponse, runJob } from '#platform/testing'
import { approach } from '../geofence.ts'
import { ReportPositionsView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

const send = async (as: Caller, ...positions: readonly object[]) =>
  await shop.api.send(as, 'POST /dispatch/me/positions', { body: { positions } })
const report = async (as: Caller, ...positions: readonly object[]) =>
  expectResponse(await send(as, ...positions), 200, ReportPositionsView).arrived
const secondsLater = (seconds: number) => new Date(shop.now().getTime() + seconds * 1000).toISOString()

async function stored(as: { user_id: string }) {
  const { rows } = await sql<{ at: Date }>`
    select at from dispatch.positions where courier_id = ${as.user_id} order by at`.execute(shop.db)
  return rows.map(({ at }) => at.toISOString())
}

test('a courier who stays at an address has arrived, and one who passes by has not (DSP-12)', () => {
  const home = north(0)
  const at = (seconds: number) => new Date(seconds * 1000)
  const parcel = { point: home, near_since: null, arrived_at: null }
  const near = { ...north(0.05) }
  const passing = [
    { ...near, at: at(0) },
    { ...north(0.3), at: at(20) },
    { ...near, at: at(40) },
    { ...north(0.14), at: at(60) },
  ]
  assert.deepEqual(approach(parcel, passing), { near_since: at(40), arrived_at: null })
  assert.deepEqual(approach(parcel, [...passing, { ...near, at: at(71) }]).arrived_at, at(71))
  const inexact = passing.map((sighting) => ({ ...sighting, accuracy: 500 }))
  assert.deepEqual(approach(parcel, inexact), { near_since: null, arrived_at: null })
})

test('a courier who reports from the address arrives once, however often he reports (DSP-12)', async () => {
  const as = await shop.onDuty('Пётр')
  const parcel = await shop.carriedBy(as, { at: north(2) })
  const begin = shop.now()
  shop.advance(60_000)
  const positions = [0, 20, 45].map((seconds) => ({
    ...north(2.02),
    at: new Date(begin.getTime() + seconds * 1000).toISOString(),
  }))
  const answers = await crowd(8, () => report(as, ...positions))
  const arrivals = answers.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  assert.deepEqual(arrivals, [parcel.shipment_id])
  assert.equal((await shop.rowOf(parcel)).arrived_at?.toISOString(), positions[2]?.at)
  assert.deepEqual((await shop.typesOf(parcel.order_id)).slice(-1), ['parcel-arrived'])
  assert.equal((await stored(as)).length, 3)
})

test('late positions do not move a courier back (DSP-12)', async () => {
  const as = await shop.onDuty('Пётр')
  const begin = shop.now()
  shop.advance(60_000)
  await report(as, { ...north(2), at: shop.now().toISOString() })
  await report(as, { ...north(1), at: new Date(begin.getTime() + 10_000).toISOString() })
  assert.deepEqual((await shop.routeOf(as)).courier.position, north(2))
  assert.equal((await stored(as)).length, 2)
})

test('no position from before or after the duty is stored, and off duty none is left (DSP-10)', async () => {
  const as = await shop.onDuty('Пётр')
  await report(as, { ...north(1), at: secondsLater(-60) })
  assert.deepEqual(await stored(as), [])
  await report(as, { ...north(1), at: secondsLater(600) })
  assert.deepEqual(await stored(as), [shop.now().toISOString()], 'a position of the future counts as now')
  expectResponse(await shop.api.send(as, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
  expectProblem(await send(as, { ...north(1), at: secondsLater(0) }), 409, 'off-duty')
  assert.equal((await shop.routeOf(as)).courier.position, null)
})

test('a position of an impossible time is left out, and the others are stored (DSP-12)', async () => {
  const as = await shop.onDuty('Пётр')
  const times = ['0000-01-01T00:00:00Z', '9999-12-31T23:59:59-23:59', '2016-12-31T23:59:60Z', secondsLater(0)]
  for (const at of times) await report(as, { ...north(1), at })
  assert.deepEqual(await stored(as), [secondsLater(0)])
})

test('positions are deleted after their retention (DSP-10)', async () => {
  const as = await shop.onDuty('Пётр')
  await report(as, { ...north(1), at: secondsLater(0) })
  const deleteReports = () => runJob(shop.module, 'dispatch.delete-reports')
  await deleteReports()
  assert.equal((await stored(as)).length, 1)
  shop.advance(8 * 86_400_000)
  await deleteReports()
  assert.deepEqual(await stored(as), [])
})
