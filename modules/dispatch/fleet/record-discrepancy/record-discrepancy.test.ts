import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { courierReportRejected } from '#delivery/events'
import type { Caller } from '#platform/access'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, crowd, deliverEvents, expectProblem, expectResponse, olga } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { DiscrepancyView } from '../discrepancy-schema.ts'
import { ReportStepsView } from '../schema.ts'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())

type As = Awaited<ReturnType<FleetTest['onDuty']>>

/** A parcel for cash that was cancelled after its courier had accepted it. */
async function cancelledParcel() {
  await shop.clear()
  const as = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ cash_to_collect: 500 })
  await shop.fleet.planRoutes()
  await shop.press(as, parcel.shipment_id, 'accept')
  await shop.cancel(parcel)
  const { pin } = await shop.rowOf(parcel)
  const reportOf = (step: string, more: object = {}) => {
    const at = shop.now().toISOString()
    return { id: newId(), at, parcel_id: parcel.shipment_id, step, ...more }
  }
  return { as, parcel, reportOf, delivery: reportOf('deliver', { pin, cash_collected: 500 }) }
}

const send = async (as: As, ...reports: object[]) => {
  const response = await shop.api.send(as, 'POST /dispatch/me/reports', { body: { reports } })
  return expectResponse(response, 200, ReportStepsView).results
}

const listed = async (query = '?is_resolved=false') => {
  const response = await shop.api.send(olga, `GET /dispatch/discrepancies${query}`)
  return expectResponse(response, 200, Page(DiscrepancyView)).items
}

test('cash that was collected without a network for a cancelled order is kept for staff (DSP-12, DSP-9)', async () => {
  const { as, parcel, reportOf, delivery } = await cancelledParcel()
  const reports = [reportOf('pick-up'), delivery]
  for (let i = 0; i < 2; i++) {
    const results = await send(as, ...reports)
    assert.deepEqual(
      results.map(({ outcome, code }) => [outcome, code]),
      [
        ['kept', 'report-kept'],
        ['kept', 'report-kept'],
      ],
    )
  }
  const found = (await listed()).filter(({ parcel_id }) => parcel_id === parcel.shipment_id)
  assert.deepEqual(
    found.map(({ reported, recorded, cash_collected, is_right_pin }) => [
      reported,
      recorded,
      cash_collected,
      is_right_pin,
    ]),
    [
      ['delivered', 'cancelled', 500, true],
      ['picked_up', 'cancelled', null, null],
    ],
  )
  const types = await shop.typesOf(parcel.order_id)
  assert.equal(types.filter((type) => type === 'discrepancy-reported').length, 2)
  assert.equal((await shop.rowOf(parcel)).status, 'cancelled')
})

test('a courier does not find out the PIN of a cancelled order by many reports (DSP-12, SEC-1)', async () => {
  const { as, parcel, reportOf, delivery } = await cancelledParcel()
  const { pin } = await shop.rowOf(parcel)
  await send(as, reportOf('deliver', { pin: pin === '0000' ? '0001' : '0000' }))
  await send(as, delivery)
  const found = (await listed()).find(({ parcel_id }) => parcel_id === parcel.shipment_id)
  assert.deepEqual([found?.is_right_pin, found?.cash_collected], [false, 500])
})

test('after too many wrong PINs a right one of a courier says nothing (DSP-12, DSP-9, SEC-1)', async () => {
  const { as, parcel, delivery } = await cancelledParcel()
  await sql`update dispatch.parcels set pin_attempts = 5 where id = ${parcel.shipment_id}`.execute(shop.db)
  await send(as, delivery)
  const found = (await listed()).find(({ parcel_id }) => parcel_id === parcel.shipment_id)
  assert.deepEqual([found?.reported, found?.is_right_pin], ['delivered', null])
})

test('ten programs report one delivery of a cancelled order at once: staff see it once (DSP-12)', async () => {
  const { as, parcel, delivery } = await cancelledParcel()
  await crowd(10, (i) => send(as, { ...delivery, id: newId(), at: new Date(shop.now().getTime() - i).toISOString() }))
  assert.equal((await listed()).filter(({ parcel_id }) => parcel_id === parcel.shipment_id).length, 1)
})

test('staff write down once how a discrepancy was settled, and customers and couriers see none (DSP-12, SEC-1)', async () => {
  const { as, parcel, delivery } = await cancelledParcel()
  await send(as, delivery)
  const { id } = (await listed()).find(({ parcel_id }) => parcel_id === parcel.shipment_id)!
  const resolve = (by: Caller, resolution: string) =>
    shop.api.send(by, `POST /dispatch/discrepancies/${id}/resolve`, { body: { resolution } })
  for (const by of [anna, as]) {
    expectProblem(await resolve(by, 'no'), 403, 'forbidden')
    expectProblem(await shop.api.send(by, 'GET /dispatch/discrepancies'), 403, 'forbidden')
  }
  expectResponse(await resolve(olga, 'The cash is in the safe.'), 200)
  const again = expectResponse(await resolve(olga, 'Another.'), 200, DiscrepancyView)
  assert.equal(again.resolution, 'The cash is in the safe.')
  assert.ok((await listed()).every((open) => open.id !== id))
  assert.ok((await listed('?is_resolved=true')).some((settled) => settled.id === id))
  const unknown = `POST /dispatch/discrepancies/${newId()}/resolve` as const
  expectProblem(await shop.api.send(olga, unknown, { body: { resolution: 'x' } }), 404, 'not-found')
})

test('no courier reports a parcel that was never his (DSP-12)', async () => {
  const { parcel, delivery } = await cancelledParcel()
  const ivan = await shop.onDuty('Иван')
  assert.equal((await send(ivan, delivery))[0]?.code, 'not-found')
  assert.ok((await listed()).every(({ parcel_id }) => parcel_id !== parcel.shipment_id))
})

test('a delivery of a parcel that staff have given to another courier is kept (DSP-12)', async () => {
  await shop.clear()
  const pyotr = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  await shop.press(pyotr, parcel.shipment_id, 'accept')
  const ivan = await shop.onDuty('Иван')
  const body = { courier_id: ivan.user_id }
  expectResponse(await shop.api.send(olga, `POST /dispatch/parcels/${parcel.shipment_id}/assign`, { body }), 200)
  const at = shop.now().toISOString()
  const [result] = await send(pyotr, { id: newId(), at, parcel_id: parcel.shipment_id, step: 'deliver' })
  assert.equal(result?.outcome, 'kept')
})

/** A parcel that its courier has accepted, and the reports that he may send of it. */
async function acceptedParcel() {
  await shop.clear()
  const as = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ cash_to_collect: 500 })
  await shop.fleet.planRoutes()
  await shop.press(as, parcel.shipment_id, 'accept')
  const parcel_id = parcel.shipment_id
  return {
    as,
    parcel,
    press: (step: string, body: object = {}) =>
      shop.api.send(as, `POST /dispatch/me/parcels/${parcel_id}/${step}`, { body }),
    report: async (step: string, more: object = {}) => {
      const [result] = await send(as, { id: newId(), at: shop.now().toISOString(), parcel_id, step, ...more })
      return result?.code
    },
    found: async () =>
      (await listed())
        .filter((each) => each.parcel_id === parcel_id)
        .map(({ reported, recorded }) => [reported, recorded])
        .toReversed(),
  }
}

test('a courier who brings back a parcel that staff have delivered by hand leaves a discrepancy (DSP-9, DSP-12)', async () => {
  const { press, report, found, parcel } = await acceptedParcel()
  expectResponse(await press('pick-up'), 200)
  await shop.endShipment(parcel, 'delivered')
  assert.equal(await report('pick-up'), 'not-accepted')
  assert.deepEqual(await found(), [])

  expectProblem(await press('fail', { reason: 'refused' }), 409, 'report-kept')
  assert.deepEqual(await found(), [['failed', 'delivered']])
  assert.equal(await report('fail', { reason: 'refused' }), 'report-kept')
  expectProblem(await press('return'), 409, 'report-kept')
  assert.deepEqual(await found(), [
    ['failed', 'delivered'],
    ['returned', 'delivered'],
  ])
  assert.equal((await shop.rowOf(parcel)).status, 'delivered')
})

test('a late pick-up of a parcel whose shipment has ended leaves a discrepancy (DSP-9, DSP-12)', async () => {
  for (const end of ['failed', 'cancelled', 'delivered'] as const) {
    const { report, found, parcel } = await acceptedParcel()
    await shop.endShipment(parcel, end)
    assert.equal(await report('pick-up'), 'report-kept', end)
    assert.deepEqual(await found(), [['picked_up', end]])
    assert.equal((await shop.rowOf(parcel)).status, end)
  }
})

test('the way of a courier with the goods of a cancelled order is kept to its end (DSP-9, DSP-12)', async () => {
  const { report, found, parcel } = await acceptedParcel()
  await shop.endShipment(parcel, 'cancelled')
  assert.equal(await report('pick-up'), 'report-kept')
  assert.equal(await report('fail', { reason: 'refused' }), 'report-kept')
  assert.equal(await report('return'), 'report-kept')
  assert.deepEqual(await found(), [
    ['picked_up', 'cancelled'],
    ['failed', 'cancelled'],
    ['returned', 'cancelled'],
  ])
})

test('second reports of steps that the courier took claim nothing (DSP-12)', async () => {
  const { press, report, found } = await acceptedParcel()
  for (const step of ['pick-up', 'fail', 'return'])
    expectResponse(await press(step, step === 'fail' ? { reason: 'refused' } : {}), 200)
  assert.equal(await report('pick-up'), 'not-accepted')
  assert.equal(await report('fail', { reason: 'refused' }), 'not-picked-up')
  assert.equal(await report('return'), null)
  assert.deepEqual(await found(), [])
})

test('a courier who is refused in the shop leaves the goods there: nothing is kept (DSP-10)', async () => {
  const { as, parcel } = await cancelledParcel()
  const path = `POST /dispatch/me/parcels/${parcel.shipment_id}/pick-up` as const
  expectProblem(await shop.api.send(as, path), 409, 'not-accepted')
  assert.ok((await listed()).every(({ parcel_id }) => parcel_id !== parcel.shipment_id))
})

test('a delivery whose shipment has another end goes to staff (DSP-9)', async () => {
  const { as, parcel } = await cancelledParcel()
  const rejected = { ...parcel, courier_id: as.user_id, reported: 'delivered', status: 'failed' } as const
  for (let i = 0; i < 2; i++) await transaction(shop.db, (tx) => publish(tx, [courierReportRejected(rejected)]))
  await deliverEvents(shop.db, [shop.module])
  const found = (await listed()).filter(({ parcel_id }) => parcel_id === parcel.shipment_id)
  assert.deepEqual(
    found.map(({ reported, recorded, courier_name }) => [reported, recorded, courier_name]),
    [['delivered', 'failed', 'Пётр']],
  )
})
