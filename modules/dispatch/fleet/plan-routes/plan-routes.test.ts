import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { shipmentCreated, shipmentStatusChanged } from '#delivery/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, courier, crowd, deliverEvents, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { openPlanner } from '../../planner/index.ts'
import { depot, openDispatchTest, type DispatchTest } from '../../testing.ts'
import { OwnParcelView, RouteView } from '../schema.ts'
import { haversine, timesBy, type TravelTimes } from '../travel-times.ts'
import { planRoutes } from './plan-routes.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
after(() => shop.close())
beforeEach(async () => {
  for (const table of ['planners', 'routes', 'parcels', 'fleet_couriers'])
    await sql`delete from ${sql.table(`dispatch.${table}`)}`.execute(shop.db)
})

const planner = openPlanner()
after(() => planner.close())
const planWith = (travelTimes: TravelTimes) =>
  planRoutes({ db: shop.db, now: shop.now, offerTime: 60_000, depot, planner, travelTimes })
const usualTimes = timesBy(haversine)

/** A kilometre to the north is 0.009 degrees. */
const north = (kilometres: number) => ({ lat: depot.lat + 0.009 * kilometres, lng: depot.lng })

async function onDuty(name: string, change: object = {}) {
  const as = { ...courier, user_id: newId(), permissions: ['delivery.deliver'] }
  const body = { duty: 'on', name, position: depot, ...change }
  expectResponse(await shop.api.send(as, 'PUT /dispatch/me/duty', { body }), 200)
  return as
}

type At = Readonly<{ at?: { lat: number; lng: number }; weight_grams?: number }>

/** The parcels of one batch, so that one plan has all of them. */
async function parcels(...places: readonly At[]): Promise<readonly { shipment_id: string; order_id: string }[]> {
  const shipments = places.map(() => ({ shipment_id: newId(), order_id: newId() }))
  const events = places.map(({ at, weight_grams = 500 }, index) =>
    shipmentCreated({
      ...shipments[index]!,
      method: 'courier',
      status: 'pending',
      tracking_number: null,
      carriage: {
        order_number: null,
        user_id: anna.user_id,
        address: { country: 'RU', city: 'Коломна', street: 'Посадская', house: '1', ...at },
        recipient_name: 'Анна',
        recipient_phone: null,
        comment: null,
        weight_grams,
        cash_to_collect: 0,
        currency: 'RUB',
      },
    }),
  )
  await transaction(shop.db, (tx) => publish(tx, events))
  await deliverEvents(shop.db, [shop.module])
  return shipments
}

async function rowOf(id: string) {
  const { rows } = await sql<{ status: string; courier_id: string | null; assignment: { en: string; ru: string } | null }>`
    select * from dispatch.parcels where id = ${id}`.execute(shop.db)
  return rows[0]!
}
const statusOf = async (id: string) => (await rowOf(id)).status
const routeOf = async (as: typeof courier) => expectResponse(await shop.api.send(as, 'GET /dispatch/me/route'), 200, RouteView)
const press = async (as: typeof courier, id: string, verb: string) =>
  expectResponse(await shop.api.send(as, `POST /dispatch/me/parcels/${id}/${verb}`), 200)

test('a new parcel is offered to the nearest courier, with the reason in two languages (DSP-11)', async () => {
  const near = await onDuty('Пётр', { position: north(1) })
  await onDuty('Иван', { position: north(9) })
  const [parcel] = await parcels({ at: north(2) })
  await shop.fleet.planRoutes()
  const { courier_id, assignment } = await rowOf(parcel!.shipment_id)
  assert.equal(courier_id, near.user_id)
  assert.match(assignment!.en, /^Delivered in \d+ min\. Пётр: \+\d+ min of travel\. Иван: \+\d+ min of travel$/)
  assert.match(assignment!.ru, /^Вручение через \d+ мин\. Пётр: \+\d+ мин пути\. Иван: \+\d+ мин пути$/)
})

test('parcels of one direction share a trip, in the order of the way (DSP-10, DSP-11)', async () => {
  const pyotr = await onDuty('Пётр')
  await onDuty('Иван', { position: north(-20) })
  const [far, near, middle] = await parcels({ at: north(3) }, { at: north(1) }, { at: north(2) })
  await shop.fleet.planRoutes()
  const { stops, parcels: own } = await routeOf(pyotr)
  assert.deepEqual(
    stops.filter(({ kind }) => kind === 'dropoff').map(({ parcel_id }) => parcel_id),
    [near, middle, far].map((parcel) => parcel!.shipment_id),
  )
  assert.deepEqual(stops.slice(0, 3).map(({ kind }) => kind), ['pickup', 'pickup', 'pickup'])
  assert.ok(own.every(({ status }) => status === 'offered'))
  assert.ok(stops.every(({ arrives_at, is_late }) => Date.parse(arrives_at) >= shop.now().getTime() && !is_late))
})

test('a customer sees the planned time of a parcel that waits for a later trip (DSP-11)', async () => {
  await onDuty('Пётр', { capacity_grams: 1000 })
  const two = await parcels({ at: north(2), weight_grams: 800 }, { at: north(2.2), weight_grams: 800 })
  await shop.fleet.planRoutes()
  const statuses = await Promise.all(two.map(({ shipment_id }) => statusOf(shipment_id)))
  assert.deepEqual(statuses.toSorted(), ['offered', 'waiting'], 'both do not fit the bag at once')
  for (const { order_id } of two) {
    const { expected_at } = expectResponse(await shop.api.send(anna, `GET /dispatch/parcels/order/${order_id}`), 200, OwnParcelView)
    assert.ok(Date.parse(expected_at ?? '') > shop.now().getTime())
  }
})

test('the volume limits a trip as the weight does (DSP-10)', async () => {
  await onDuty('Пётр', { capacity_litres: 3 })
  const two = await parcels({ at: north(2) }, { at: north(2.1) })
  await shop.fleet.planRoutes()
  const statuses = await Promise.all(two.map(({ shipment_id }) => statusOf(shipment_id)))
  assert.deepEqual(statuses.toSorted(), ['offered', 'waiting'])
})

test('a parcel of a later trip goes to a courier who comes on duty (DSP-11)', async () => {
  const pyotr = await onDuty('Пётр', { most_parcels: 1 })
  const two = await parcels({ at: north(3) }, { at: north(3.1) })
  await shop.fleet.planRoutes()
  const ivan = await onDuty('Иван')
  await shop.fleet.planRoutes()
  const owners = await Promise.all(two.map(async ({ shipment_id }) => (await rowOf(shipment_id)).courier_id))
  assert.deepEqual(new Set(owners), new Set([pyotr.user_id, ivan.user_id]))
})

test('a declined parcel goes to the next best courier (DSP-10)', async () => {
  const pyotr = await onDuty('Пётр')
  const ivan = await onDuty('Иван', { position: north(-2) })
  const [parcel] = await parcels({ at: north(1) })
  await shop.fleet.planRoutes()
  await press(pyotr, parcel!.shipment_id, 'decline')
  await shop.fleet.planRoutes()
  const { status, courier_id } = await rowOf(parcel!.shipment_id)
  assert.deepEqual([status, courier_id], ['offered', ivan.user_id])
})

test('goods in the hands of a courier stay with him when a nearer one comes (DSP-11)', async () => {
  const pyotr = await onDuty('Пётр')
  const [parcel] = await parcels({ at: north(5) })
  await shop.fleet.planRoutes()
  for (const verb of ['accept', 'pick-up']) await press(pyotr, parcel!.shipment_id, verb)
  await onDuty('Иван', { position: north(5) })
  await shop.fleet.planRoutes()
  assert.equal((await rowOf(parcel!.shipment_id)).courier_id, pyotr.user_id)
  assert.deepEqual((await routeOf(pyotr)).stops.map(({ kind }) => kind), ['dropoff'])
})

test('a courier whose shift ends too soon gets no parcel (DSP-10)', async () => {
  await onDuty('Пётр', { shift_ends_at: new Date(shop.now().getTime() + 10 * 60_000).toISOString() })
  const [parcel] = await parcels({ at: north(5) })
  await shop.fleet.planRoutes()
  assert.equal(await statusOf(parcel!.shipment_id), 'waiting')
})

test('the end of a shift lies ahead, at most a day (DSP-10)', async () => {
  const as = await onDuty('Пётр')
  for (const hours of [-1, 25]) {
    const shift_ends_at = new Date(shop.now().getTime() + hours * 3_600_000).toISOString()
    const body = { duty: 'on', shift_ends_at }
    expectProblem(await shop.api.send(as, 'PUT /dispatch/me/duty', { body }), 400, 'wrong-shift-end')
  }
})

test('off duty a courier gives back the parcels that he has not picked up (DSP-10)', async () => {
  const pyotr = await onDuty('Пётр')
  const [taken, carried] = await parcels({ at: north(1) }, { at: north(1.1) })
  await shop.fleet.planRoutes()
  for (const { shipment_id } of [taken!, carried!]) await press(pyotr, shipment_id, 'accept')
  await press(pyotr, carried!.shipment_id, 'pick-up')
  expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
  assert.deepEqual([await statusOf(taken!.shipment_id), await statusOf(carried!.shipment_id)], ['waiting', 'picked_up'])
  const ivan = await onDuty('Иван')
  await shop.fleet.planRoutes()
  assert.equal((await rowOf(taken!.shipment_id)).courier_id, ivan.user_id)
})

test('processes that plan at once offer each parcel to one courier (DSP-7, DSP-11)', async () => {
  await onDuty('Пётр')
  await onDuty('Иван', { position: north(4) })
  const many = await parcels({ at: north(1) }, { at: north(2) }, { at: north(4) }, { at: north(5) })
  const other = shop.secondFleet()
  await crowd(8, (i) => (i % 2 ? shop.fleet : other).planRoutes())
  const { rows } = await sql<{ offers: number }>`
    select jsonb_array_length(timeline)::int - 1 as offers from dispatch.parcels`.execute(shop.db)
  assert.deepEqual(rows.map(({ offers }) => offers), many.map(() => 1))
})

test('a process waits while another one plans, and continues when that one has died (DSP-7)', async () => {
  await onDuty('Пётр')
  const [parcel] = await parcels({ at: north(1) })
  await sql`insert into dispatch.planners values ('shop', ${newId()}, now() + interval '1 minute')`.execute(shop.db)
  assert.deepEqual(await shop.fleet.planRoutes(), { kind: 'busy' })
  await sql`update dispatch.planners set leased_until = now() - interval '1 second'`.execute(shop.db)
  assert.equal((await shop.fleet.planRoutes()).kind, 'planned')
  assert.equal(await statusOf(parcel!.shipment_id), 'offered')
})

test('a process that lost its lease while it planned changes nothing (DSP-7)', async () => {
  await onDuty('Пётр')
  const [parcel] = await parcels({ at: north(1) })
  const plan = planWith(async (places) => {
    await sql`update dispatch.planners set lease = ${newId()}`.execute(shop.db)
    return await usualTimes(places)
  })
  assert.deepEqual(await plan(), { kind: 'lost' })
  assert.equal(await statusOf(parcel!.shipment_id), 'waiting')
})

test('a parcel that is cancelled and a courier who leaves while the plan is made are not in it (DSP-11)', async () => {
  const pyotr = await onDuty('Пётр')
  const [cancelled] = await parcels({ at: north(1) })
  const leaving = planWith(async (places) => {
    expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
    return await usualTimes(places)
  })
  await leaving()
  assert.equal(await statusOf(cancelled!.shipment_id), 'waiting')

  await onDuty('Иван')
  const { shipment_id, order_id } = cancelled!
  const cancelling = planWith(async (places) => {
    const event = shipmentStatusChanged({ shipment_id, order_id, from: 'pending', to: 'cancelled' })
    await transaction(shop.db, (tx) => publish(tx, [event]))
    await deliverEvents(shop.db, [shop.module])
    return await usualTimes(places)
  })
  await cancelling()
  assert.equal(await statusOf(shipment_id), 'cancelled')
})
