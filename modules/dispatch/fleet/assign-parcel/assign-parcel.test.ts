import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { userBlocked, userRoleChanged, userUnblocked } from '#identity/events'
import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { deliverEvents, expectProblem, expectResponse, olga, raceFor } from '#platform/testing'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

type Shipment = Parameters<FleetTest['rowOf']>[0]

const handle = async (event: NewEvent) => {
  await transaction(shop.db, (tx) => publish(tx, [event]))
  await deliverEvents(shop.db, [shop.module])
}
const assign = ({ shipment_id }: Shipment, courier_id: string, language = 'en') =>
  shop.api.send(olga, `POST /dispatch/parcels/${shipment_id}/assign`, {
    body: { courier_id },
    headers: { 'accept-language': language },
  })

test('staff give no parcel to a courier who is blocked or has lost the role (DSP-10)', async () => {
  const { user_id } = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  const roles = (permissions: string[]) => userRoleChanged({ user_id, role: 'operator', permissions })
  for (const [ends, begins] of [
    [userBlocked({ user_id }), userUnblocked({ user_id })],
    [roles([]), roles(['delivery.deliver'])],
  ] as const) {
    await handle(ends)
    expectProblem(await assign(parcel, user_id), 409, 'may-not-deliver')
    const { detail } = expectProblem(await assign(parcel, user_id, 'ru'), 409, 'may-not-deliver')
    assert.match(detail, /Выберите другого курьера/)
    assert.equal((await shop.rowOf(parcel)).status, 'waiting')
    await handle(begins)
  }
  expectResponse(await assign(parcel, user_id), 200)
  assert.equal((await shop.rowOf(parcel)).courier_id, user_id)
})

test('a courier whose role goes at this moment gets no parcel from staff (DSP-10, REL-5)', async () => {
  const { user_id } = await shop.onDuty('Пётр')
  const [parcel] = await shop.addParcels({})
  const answer = await raceFor(shop.db, {
    lock: sql`
      update dispatch.fleet_couriers
      set may_deliver = false, duty = 'off', shift_ends_at = null, lat = null, lng = null, position_at = null
      where id = ${user_id}`,
    waiting: 1,
    start: () => assign(parcel, user_id),
  })
  expectProblem(answer, 409, 'may-not-deliver')
  assert.equal((await shop.rowOf(parcel)).status, 'waiting')
})
