import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { userBlocked, userDeleted, userRoleChanged, userUnblocked } from '#identity/events'
import { transaction } from '#platform/db'
import { publish, type NewEvent } from '#platform/events'
import { courier, crowd, deliverEvents, expectProblem, expectResponse, raceFor, violationsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())
beforeEach(() => shop.clear())

const handle = async (...events: NewEvent[]) => {
  await transaction(shop.db, (tx) => publish(tx, events))
  await deliverEvents(shop.db, [shop.module])
}

/** A courier whose requests still carry the permission. */
const newCourier = () => ({ ...courier, user_id: newId(), permissions: ['delivery.deliver'] })
type As = ReturnType<typeof newCourier>

const lost = ({ user_id }: As) => userRoleChanged({ user_id, role: 'customer', permissions: [] })
const given = ({ user_id }: As) => userRoleChanged({ user_id, role: 'courier', permissions: ['delivery.deliver'] })

const change = (as: As, duty: string) => shop.api.send(as, 'PUT /dispatch/me/duty', { body: { duty, name: 'Пётр' } })

const rowsOf = async ({ user_id }: As) => {
  const { rows } = await sql<{ duty: string; may_deliver: boolean }>`
    select duty, may_deliver from dispatch.fleet_couriers where id = ${user_id}`.execute(shop.db)
  return rows
}

test('the parcels of a blocked courier go to others, except those in his hands (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const carried = await shop.carriedBy(pyotr, {})
  const [accepted] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  await shop.press(pyotr, accepted.shipment_id, 'accept')
  const ivan = await shop.onDuty('Иван')
  await handle(userBlocked({ user_id: pyotr.user_id }))
  await shop.fleet.planRoutes()
  const { status, courier_id } = await shop.rowOf(accepted)
  assert.deepEqual([status, courier_id], ['offered', ivan.user_id])
  assert.equal((await shop.rowOf(carried)).courier_id, pyotr.user_id)
})

test('posad check finds the parcel that a courier who may not deliver is to pick up (DSP-10, PLT-22)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  await shop.carriedBy(pyotr, {})
  const [accepted] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  await shop.press(pyotr, accepted.shipment_id, 'accept')
  assert.deepEqual(await violationsOf(shop.module), [])
  await sql`
    update dispatch.fleet_couriers
    set may_deliver = false, duty = 'off', shift_ends_at = null, lat = null, lng = null, position_at = null`.execute(
    shop.db,
  )
  const found = await violationsOf(shop.module)
  assert.deepEqual(found, [{ id: accepted.shipment_id, courier_id: pyotr.user_id, status: 'accepted' }])
})

test('a request with an older permission puts no courier on duty who has lost the role (DSP-10, SEC-1)', async () => {
  const [pyotr, ivan] = [newCourier(), newCourier()]
  expectResponse(await change(pyotr, 'on'), 200)
  await handle(lost(pyotr), lost(ivan))
  for (const as of [pyotr, ivan])
    for (const duty of ['on', 'break']) expectProblem(await change(as, duty), 409, 'may-not-deliver')
  expectResponse(await change(pyotr, 'off'), 200)
  assert.deepEqual(await rowsOf(pyotr), [{ duty: 'off', may_deliver: false }])
  assert.deepEqual(await rowsOf(ivan), [])

  await handle(given(pyotr), given(ivan))
  for (const as of [pyotr, ivan]) {
    expectResponse(await change(as, 'on'), 200)
    assert.deepEqual(await rowsOf(as), [{ duty: 'on', may_deliver: true }])
  }
})

test('a blocked account delivers nothing with any role, until staff unblock it (DSP-10)', async () => {
  const pyotr = newCourier()
  const { user_id } = pyotr
  await handle(userBlocked({ user_id }), lost(pyotr), given(pyotr))
  expectProblem(await change(pyotr, 'on'), 409, 'may-not-deliver')
  await handle(userUnblocked({ user_id }))
  expectResponse(await change(pyotr, 'on'), 200)
  await handle(userDeleted({ user_id }))
  expectProblem(await change(pyotr, 'on'), 409, 'may-not-deliver')
})

test('ten requests for duty while the role goes leave the courier off duty (DSP-10, REL-5)', async () => {
  const [pyotr, ivan] = [newCourier(), newCourier()]
  expectResponse(await change(pyotr, 'off'), 200)
  for (const as of [pyotr, ivan]) {
    await crowd(10, async (i) => void (await (i === 5 ? handle(lost(as)) : change(as, 'on'))))
    await deliverEvents(shop.db, [shop.module])
    assert.ok((await rowsOf(as)).every(({ duty, may_deliver }) => duty === 'off' && !may_deliver))
    expectProblem(await change(as, 'on'), 409, 'may-not-deliver')
  }
})

test('the first duty of a courier waits for the loss of the role that is being saved (DSP-10, REL-5)', async () => {
  const pyotr = newCourier()
  const answer = await raceFor(shop.db, {
    lock: sql`
      insert into dispatch.courier_accounts (id, is_blocked, has_permission) values (${pyotr.user_id}, false, false)`,
    waiting: 1,
    start: () => change(pyotr, 'on'),
  })
  expectProblem(answer, 409, 'may-not-deliver')
  assert.deepEqual(await rowsOf(pyotr), [])
})
