import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { userRoleChanged } from '#identity/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { deliverEvents, expectResponse, olga } from '#platform/testing'
import { newId } from '#platform/values'
import { BoardView } from '../board-schema.ts'
import { DiscrepancyView } from '../discrepancy-schema.ts'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

const show = async () => expectResponse(await shop.api.send(olga, 'GET /dispatch/board'), 200, BoardView)
type Shipment = Parameters<FleetTest['rowOf']>[0]
const on = async ({ shipment_id }: Shipment) => {
  const found = (await show()).parcels.find(({ id }) => id === shipment_id)
  return found ?? assert.fail('The parcel is not on the board')
}
const reasonOf = async (parcel: Shipment) => (await on(parcel)).unserved_reason

test('the board says why no courier brings a parcel (DSP-12)', async () => {
  const [parcel] = await shop.addParcels({ weight_grams: 800 })
  assert.equal(await reasonOf(parcel), 'no-courier')

  const weak = await shop.onDuty('Пётр', { capacity_grams: 500 })
  assert.equal(await reasonOf(parcel), 'too-large')
  expectResponse(await shop.api.send(weak, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)

  const require = (required_skills: string[]) =>
    shop.api.send(olga, `PATCH /dispatch/parcels/${parcel.shipment_id}`, { body: { required_skills } })
  const ivan = await shop.onDuty('Иван')
  expectResponse(await require(['cold-bag']), 200)
  assert.equal(await reasonOf(parcel), 'no-skilled-courier')
  expectResponse(await require([]), 200)
  assert.equal(await reasonOf(parcel), 'not-planned')
  await shop.fleet.planRoutes()
  assert.equal(await reasonOf(parcel), null)

  shop.advance(60_000)
  await shop.fleet.planRoutes()
  const missed = await on(parcel)
  assert.deepEqual([missed.missed_offers, missed.unserved_reason], [1, 'offers-missed'])

  shop.advance(61_000)
  await shop.fleet.planRoutes()
  await shop.press(ivan, parcel.shipment_id, 'decline')
  assert.equal(await reasonOf(parcel), 'all-declined')
})

test('a courier who loses the role goes off duty, and the board shows the parcel in his hands (DSP-10, DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const carried = await shop.carriedBy(pyotr, {})
  const changeRole = async (role: string, permissions: string[]) => {
    await transaction(shop.db, (tx) => publish(tx, [userRoleChanged({ user_id: pyotr.user_id, role, permissions })]))
    await deliverEvents(shop.db, [shop.module])
  }
  await changeRole('operator', ['orders.read', 'delivery.deliver'])
  assert.equal(await reasonOf(carried), null)
  await changeRole('customer', [])
  const { couriers } = await show()
  assert.deepEqual([couriers[0]?.duty, couriers[0]?.may_deliver], ['off', false])
  assert.equal(await reasonOf(carried), 'courier-blocked')

  await changeRole('courier', ['delivery.deliver'])
  assert.equal(await reasonOf(carried), 'courier-off-duty')
  expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'on' } }), 200)
  assert.equal(await reasonOf(carried), null)
  expectResponse(await shop.api.send(pyotr, 'PUT /dispatch/me/duty', { body: { duty: 'off' } }), 200)
  assert.equal(await reasonOf(carried), 'courier-off-duty')
})

test('the board lists open discrepancies until staff resolve them, and says who did (DSP-12)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const parcel = await shop.carriedBy(pyotr, {})
  await shop.press(pyotr, parcel.shipment_id, 'fail', { reason: 'no-answer' })
  const { pin } = await shop.rowOf(parcel)
  const report = { id: newId(), at: shop.now().toISOString(), parcel_id: parcel.shipment_id, step: 'deliver', pin }
  const body = { reports: [{ ...report, cash_collected: 0 }] }
  expectResponse(await shop.api.send(pyotr, 'POST /dispatch/me/reports', { body }), 200)
  const { discrepancies } = await show()
  const [{ id, reported, courier_name } = assert.fail('The board has no discrepancy')] = discrepancies
  assert.deepEqual([discrepancies.length, reported, courier_name], [1, 'delivered', 'Пётр'])
  const resolution = { body: { resolution: 'The customer has the parcel.' } }
  const answer = await shop.api.send(olga, `POST /dispatch/discrepancies/${id}/resolve`, resolution)
  assert.equal(expectResponse(answer, 200, DiscrepancyView).resolved_by, olga.user_id)
  assert.deepEqual((await show()).discrepancies, [])
})
