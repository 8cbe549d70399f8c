import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { userIdOf, type Caller } from '#platform/access'
import { crowd, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { ReportStepsView } from '../schema.ts'
import { north, openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

const minutesAgo = (count: number) => new Date(shop.now().getTime() - count * 60_000).toISOString()

async function report(as: Caller, ...reports: readonly object[]) {
  const body = { reports: reports.map((each) => ({ id: newId(), ...each })) }
  return expectResponse(await shop.api.send(as, 'POST /dispatch/me/reports', { body }), 200, ReportStepsView).results
}

/** A courier to whom a parcel was offered half an hour ago. */
async function offeredParcel() {
  const as = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({ at: north(2) })
  await shop.fleet.planRoutes()
  shop.advance(30 * 60_000)
  return { as, parcel, parcel_id: parcel.shipment_id, pin: (await shop.rowOf(parcel)).pin }
}

const offerPlus = (minutes: number) => minutesAgo(30 - minutes)

test('steps without a network arrive later, in the order of their times and with these times (DSP-12)', async () => {
  const { as, parcel, parcel_id, pin } = await offeredParcel()
  const results = await report(
    as,
    { at: offerPlus(20), parcel_id, step: 'deliver', pin },
    { at: offerPlus(0.5), parcel_id, step: 'accept' },
    { at: offerPlus(18), parcel_id, step: 'arrive' },
    { at: offerPlus(5), parcel_id, step: 'pick-up' },
  )
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['taken', 'taken', 'taken', 'taken'],
  )
  const { timeline, status } = await shop.rowOf(parcel)
  assert.equal(status, 'delivered')
  assert.deepEqual(
    timeline.slice(-4).map(({ status, at }) => [status, at]),
    [
      ['accepted', offerPlus(0.5)],
      ['picked_up', offerPlus(5)],
      ['arrived', offerPlus(18)],
      ['delivered', offerPlus(20)],
    ],
  )
  assert.deepEqual(await shop.typesOf(parcel.order_id), [
    'parcel-accepted',
    'parcel-picked-up',
    'parcel-arrived',
    'parcel-delivered',
  ])
})

test('a report that is sent ten times at once takes effect once, and gives one answer (DSP-12)', async () => {
  const { as, parcel, parcel_id } = await offeredParcel()
  const accepting = { id: newId(), at: offerPlus(0.5), parcel_id, step: 'accept' }
  const answers = await crowd(10, () => report(as, accepting))
  for (const each of answers) assert.equal(each.status === 'fulfilled' && each.value[0]?.outcome, 'taken')
  assert.deepEqual(await shop.typesOf(parcel.order_id), ['parcel-accepted'])
  // The repeat of a step that is long over does not take it again.
  await report(as, { at: offerPlus(1), parcel_id, step: 'pick-up' })
  const [repeated] = await report(as, accepting)
  assert.equal(repeated?.parcel?.status, 'picked_up')
})

test('a courier whose parcel another one has sees it no more, not by a repeat either (DSP-12, SEC-3)', async () => {
  const { as, parcel_id } = await offeredParcel()
  const accepting = { id: newId(), at: offerPlus(0.5), parcel_id, step: 'accept' }
  assert.equal((await report(as, accepting))[0]?.parcel?.id, parcel_id)
  const other = await shop.onDuty('Павел')
  const body = { courier_id: userIdOf(other) }
  expectResponse(await shop.api.send(olga, `POST /dispatch/parcels/${parcel_id}/assign`, { body }), 200)
  const [repeated] = await report(as, accepting)
  assert.deepEqual([repeated?.outcome, repeated?.parcel], ['taken', null])
})

test('a wrong PIN is counted once for each report (DSP-12)', async () => {
  const { as, parcel, parcel_id, pin } = await offeredParcel()
  await report(as, { at: offerPlus(0.5), parcel_id, step: 'accept' }, { at: offerPlus(1), parcel_id, step: 'pick-up' })
  const wrong = { id: newId(), at: offerPlus(9), parcel_id, step: 'deliver', pin: pin === '0000' ? '1111' : '0000' }
  for (let i = 0; i < 3; i++) assert.equal((await report(as, wrong))[0]?.code, 'wrong-pin')
  assert.equal((await shop.rowOf(parcel)).pin_attempts, 1)
  assert.equal((await report(as, { ...wrong, pin }))[0]?.code, 'report-differs')
  assert.equal((await report(as, { ...wrong, id: newId(), pin }))[0]?.outcome, 'taken')
})

test('a refused step may be reported again when its turn has come (DSP-12)', async () => {
  const { as, parcel_id } = await offeredParcel()
  const pickUp = { id: newId(), at: offerPlus(2), parcel_id, step: 'pick-up' }
  assert.equal((await report(as, pickUp))[0]?.code, 'not-accepted')
  await report(as, { at: offerPlus(0.5), parcel_id, step: 'accept' })
  assert.equal((await report(as, pickUp))[0]?.parcel?.status, 'picked_up')
})

test('one refused step does not stop the others, and times of the future count as now (DSP-12)', async () => {
  const { as, parcel, parcel_id } = await offeredParcel()
  const results = await report(
    as,
    { at: offerPlus(0.2), parcel_id: newId(), step: 'accept' },
    { at: offerPlus(0.5), parcel_id, step: 'accept' },
    { at: offerPlus(60), parcel_id, step: 'pick-up' },
    { at: offerPlus(61), parcel_id, step: 'fail' },
  )
  assert.deepEqual(
    results.map(({ code }) => code),
    ['not-found', null, null, 'reason-missing'],
  )
  assert.equal((await shop.rowOf(parcel)).timeline.at(-1)?.at, shop.now().toISOString())
})

test('a report of an impossible time is refused alone, and a leap second is taken (DSP-12)', async () => {
  const { as, parcel_id } = await offeredParcel()
  const results = await report(
    as,
    { at: '0000-01-01T00:00:00Z', parcel_id, step: 'accept' },
    { at: '9999-12-31T23:59:59-23:59', parcel_id, step: 'accept' },
    { at: '2016-12-31T23:59:60Z', parcel_id, step: 'accept' },
  )
  assert.deepEqual(
    results.map(({ code }) => code),
    ['wrong-time', 'wrong-time', null],
  )
})
