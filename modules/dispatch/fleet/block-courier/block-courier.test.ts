import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userBlocked } from '#identity/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { deliverEvents } from '#platform/testing'
import { openFleetTest, type FleetTest } from '../testing.ts'

let shop: FleetTest
before(async () => {
  shop = await openFleetTest()
})
after(() => shop.close())

test('the parcels of a blocked courier go to others, except those in his hands (DSP-10)', async () => {
  const pyotr = await shop.onDuty('Пётр')
  const carried = await shop.carriedBy(pyotr, {})
  const [accepted] = await shop.addParcels({})
  await shop.fleet.planRoutes()
  await shop.press(pyotr, accepted.shipment_id, 'accept')
  const ivan = await shop.onDuty('Иван')
  await transaction(shop.db, (tx) => publish(tx, [userBlocked({ user_id: pyotr.user_id })]))
  await deliverEvents(shop.db, [shop.module])
  await shop.fleet.planRoutes()
  const { status, courier_id } = await shop.rowOf(accepted)
  assert.deepEqual([status, courier_id], ['offered', ivan.user_id])
  assert.equal((await shop.rowOf(carried)).courier_id, pyotr.user_id)
})
