import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { anna, crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { openPlanner } from '../../planner/index.ts'
import { depot } from '../../testing.ts'
import { OwnParcelView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'
import { haversine, timesBy, type TravelTimes } from '../travel-times.ts'
import { planRoutes } from './plan-routes.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

const planner = openPlanner()
after(() => planner.close())
const planWith = (travelTimes: TravelTimes) =>
  planRoutes({ db: shop.db, now: shop.now, offerTime: 60_000, depot, planner, travelTimes })
const usualTimes = timesBy(haversine)

const statusesOf = async (parcels: readonly Parameters<FleetTest['rowOf']>[0][]) =>
  await Promise.all(parcels.map(async (parcel) => (await shop.rowOf(parcel)).status))

test('a new parcel is offered to the nearest courier, with the reason in two languages (DSP-11)', async () => {
  const near = await shop.onDuty('Пётр', { position: north(1) })
  await shop.onDuty('Иван', { position: north(9) })
  const [parcel] = await shop.addParcels({ at: north(2) })
  await shop.fleet.planRoutes()
  const { courier_id, assignment } = await shop.rowOf(parcel)
  assert.equal(courier_id, near.user_id)
  assert.match(assignment!.en, /^Delivery in \d+ min\. Пётр: \+\d+ min of travel\. Иван: \+\d+ min of travel$/)
  assert.match(assignment!.ru, /^Вручение через \d+ мин\. Пётр: \+\d+ мин пути\. Иван: \+\d+ мин пути$/)
})

test('parcels of one direction share a trip, in the order of the way (DSP-10, DSP-11)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  await shop.onDuty('Иван', { position: north(-20) })
  const [far, near, middle] = await shop.addParcels({ at: north(3) }, { at: north(1) }, { at: north(2) })
  await shop.fleet.planRoutes()
  const { stops, parcels: own } = await shop.routeOf(pyotr)
  assert.deepEqual(
    stops.filter(({ kind }) => kind === 'dropoff').map(({ parcel_id }) => parcel_id),
    [near, middle, far].map((parcel) => parcel.shipment_id),
  )
  assert.deepEqual(
    stops.slice(0, 3).map(({ kind }) => kind),
    ['pickup', 'pickup', 'pickup'],
  )
  assert.ok(own.every(({ status }) => status === 'offered'))
  assert.ok(stops.every(({ arrives_at, is_late }) => Date.parse(arrives_at) >= shop.now().getTime() && !is_late))
})

test('a customer sees the planned time of a parcel that waits for a later trip (DSP-11)', async () => {
  await shop.onDuty('Пётр', { capacity_grams: 1000 })
  const two = await shop.addParcels({ at: north(2), weight_grams: 800 }, { at: north(2.2), weight_grams: 800 })
  await shop.fleet.planRoutes()
  const statuses = await statusesOf(two)
  assert.deepEqual(statuses.toSorted(), ['offered', 'waiting'], 'both do not fit the bag at once')
  for (const { order_id } of two) {
    const { expected_at } = expectResponse(
      await shop.api.send(anna, `GET /dispatch/parcels/order/${order_id}`),
      200,
      OwnParcelView,
    )
    assert.ok(Date.parse(expected_at ?? '') > shop.now().getTime())
  }
})

test('the volume limits a trip as the weight does (DSP-10)', async () => {
  await shop.onDuty('Пётр', { capacity_litres: 3 })
  const two = await shop.addParcels({ at: north(2) }, { at: north(2.1) })
  await shop.fleet.planRoutes()
  const statuses = await statusesOf(two)
  assert.deepEqual(statuses.toSorted(), ['offered', 'waiting'])
})

test('a parcel of a later trip goes to a courier who comes on duty (DSP-11)', async () => {
  const pyotr = await shop.onDuty('Пётр', { most_parcels: 1 })
  const two = await shop.addParcels({ at: north(3) }, { at: north(3.1) })
  await shop.fleet.planRoutes()
  const ivan = await shop.onDuty('Иван')
  await shop.fleet.planRoutes()
  const owners = await Promise.all(two.map(async (parcel) => (await shop.rowOf(parcel)).courier_id))
  assert.deepEqual(new Set(owners), new Set([pyotr.user_id, ivan.user_id]))
})

test('a declined parcel goes to the next best courier (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const ivan = await shop.onDuty('Иван', { position: north(-2) })
  const [parcel] = await shop.addParcels({ at: north(1) })
  await shop.fleet.planRoutes()
  await shop.press(pyotr, parcel.shipment_id, 'decline')
  await shop.fleet.planRoutes()
  const { status, courier_id } = await shop.rowOf(parcel)
  assert.deepEqual([status, courier_id], ['offered', ivan.user_id])
})

test('goods in the hands of a courier stay with him when a nearer one comes (DSP-11)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(5) })
  await shop.fleet.planRoutes()
  for (const verb of ['accept', 'pick-up']) await shop.press(pyotr, parcel.shipment_id, verb)
  await shop.onDuty('Иван', { position: north(5) })
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).courier_id, pyotr.user_id)
  assert.deepEqual(
    (await shop.routeOf(pyotr)).stops.map(({ kind }) => kind),
    ['dropoff'],
  )
})

test('a courier whose shift ends too soon gets no parcel (DSP-10)', async () => {
  await shop.onDuty('Пётр', { shift_ends_at: new Date(shop.now().getTime() + 10 * 60_000).toISOString() })
  const [parcel] = await shop.addParcels({ at: north(5) })
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(parcel)).status, 'waiting')
})

test('the end of a shift lies ahead, at most a day (DSP-10)', async () => {
  const as = await shop.onDuty('Пётр')
  for (const hours of [-1, 25]) {
    const shift_ends_at = new Date(shop.now().getTime() + hours * 3_600_000).toISOString()
    const body = { duty: 'on', shift_ends_at }
    expectProblem(await shop.api.send(as, 'PUT /dispatch/me/duty', { body }), 400, 'wrong-shift-end')
  }
})

test('off duty a courier gives back the parcels that he has not picked up (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [taken, carried] = await shop.addParcels({ at: north(1) }, { at: north(1.1) })
  await shop.fleet.planRoutes()
  for (const { shipment_id } of [taken, carried]) await shop.press(pyotr, shipment_id, 'accept')
  await shop.press(pyotr, carried.shipment_id, 'pick-up')
  expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
  assert.deepEqual(await statusesOf([taken, carried]), ['waiting', 'picked_up'])
  const ivan = await shop.onDuty('Иван')
  await shop.fleet.planRoutes()
  assert.equal((await shop.rowOf(taken)).courier_id, ivan.user_id)
})

test('processes that plan at once offer each parcel to one courier (DSP-7, DSP-11)', async () => {
  await shop.onDuty('Пётр')
  await shop.onDuty('Иван', { position: north(4) })
  const many = await shop.addParcels({ at: north(1) }, { at: north(2) }, { at: north(4) }, { at: north(5) })
  const { fleet: other } = shop.elsewhere()
  await crowd(8, (i) => (i % 2 ? shop.fleet : other).planRoutes())
  const { rows } = await sql<{ offers: number }>`
    select jsonb_array_length(timeline)::int - 1 as offers from dispatch.parcels`.execute(shop.db)
  assert.deepEqual(
    rows.map(({ offers }) => offers),
    many.map(() => 1),
  )
})

test('a process waits while another one plans, and continues when that one has died (DSP-7)', async () => {
  await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(1) })
  await sql`insert into dispatch.planners values ('shop', ${newId()}, now() + interval '1 minute')`.execute(shop.db)
  assert.deepEqual(await shop.fleet.planRoutes(), { kind: 'busy' })
  await sql`update dispatch.planners set leased_until = now() - interval '1 second'`.execute(shop.db)
  assert.equal((await shop.fleet.planRoutes()).kind, 'planned')
  assert.equal((await shop.rowOf(parcel)).status, 'offered')
})

test('a process that lost its lease while it planned changes nothing (DSP-7)', async () => {
  await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(1) })
  const plan = planWith(async (places) => {
    await sql`update dispatch.planners set lease = ${newId()}`.execute(shop.db)
    return await usualTimes(places)
  })
  assert.deepEqual(await plan(), { kind: 'lost' })
  assert.equal((await shop.rowOf(parcel)).status, 'waiting')
})

test('a parcel that is cancelled and a courier who leaves while the plan is made are not in it (DSP-11)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(1) })
  const leaving = planWith(async (places) => {
    expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
    return await usualTimes(places)
  })
  await leaving()
  assert.equal((await shop.rowOf(parcel)).status, 'waiting')

  await shop.onDuty('Иван')
  const cancelling = planWith(async (places) => {
    await shop.cancel(parcel)
    return await usualTimes(places)
  })
  await cancelling()
  assert.equal((await shop.rowOf(parcel)).status, 'cancelled')
})

test('a courier who takes a break brings his parcels and gets no further ones (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const carried = await shop.carriedBy(pyotr, { at: north(2) })
  expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'break' } }), 200)
  const [other] = await shop.addParcels({ at: north(2) })
  await shop.fleet.planRoutes()
  assert.deepEqual(await statusesOf([carried, other]), ['picked_up', 'waiting'])
  assert.equal((await shop.routeOf(pyotr)).stops.length, 1)
})

test('a parcel that failed has its way back in the route (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const { shipment_id } = await shop.carriedBy(pyotr, { at: north(2) })
  await shop.press(pyotr, shipment_id, 'fail', { reason: 'no-answer' })
  await shop.fleet.planRoutes()
  const { stops } = await shop.routeOf(pyotr)
  assert.deepEqual(
    stops.map(({ kind }) => kind),
    ['return'],
  )
})

test('a courier whose shift ends brings what he has, and then goes off duty (DSP-10)', async () => {
  const soon = new Date(shop.now().getTime() + 5 * 60_000).toISOString()
  const pyotr = await shop.onDuty('Пётр')
  const carried = await shop.carriedBy(pyotr, { at: north(4) })
  expectResponse(
    await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'on', shift_ends_at: soon } }),
    200,
  )
  const [other] = await shop.addParcels({ at: north(4) })
  await shop.fleet.planRoutes()
  assert.equal((await shop.routeOf(pyotr)).stops.length, 1)
  assert.deepEqual(await statusesOf([carried, other]), ['picked_up', 'waiting'])
  shop.advance(6 * 60_000)
  assert.equal(await shop.fleet.endShifts(), 0)
  await shop.press(pyotr, carried.shipment_id, 'deliver', { pin: (await shop.rowOf(carried)).pin })
  assert.equal(await shop.fleet.endShifts(), 1)
  assert.deepEqual((await shop.routeOf(pyotr)).courier.position, null)
})

test('staff may give a courier more than he can carry (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр', { capacity_grams: 500 })
  const [parcel] = await shop.addParcels({ at: north(1), weight_grams: 5000 })
  const body = { courier_id: pyotr.user_id }
  expectResponse(await shop.api.send(olga, `POST /dispatch/parcels/${parcel.shipment_id}/assign`, { body }), 200)
  for (const step of [undefined, 'pick-up']) {
    if (step) await shop.press(pyotr, parcel.shipment_id, step)
    await shop.fleet.planRoutes()
    assert.equal((await shop.routeOf(pyotr)).stops.at(-1)?.kind, 'dropoff')
  }
})
