import { after, before, test } from 'node:test'
import { shipmentCreated, shipmentCustomerChanged } from '#delivery/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, boris, deliverEvents, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'
import { carriage } from '../testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
after(() => shop.close())

test('the PIN of a parcel is shown to the account that has the order now (ORD-8, SEC-3)', async () => {
  const parcel = { shipment_id: newId(), order_id: newId() }
  const shipment = { ...parcel, method: 'courier', status: 'pending', tracking_number: null, carriage } as const
  const changed = shipmentCustomerChanged({ ...parcel, user_id: boris.user_id })
  for (const event of [shipmentCreated(shipment), changed, changed]) {
    await transaction(shop.db, (tx) => publish(tx, [event]))
    await deliverEvents(shop.db, [shop.module])
  }
  const show = (as: typeof anna) => shop.api.send(as, `GET /dispatch/parcels/order/${parcel.order_id}`)
  expectResponse(await show(boris), 200)
  expectProblem(await show(anna), 404, 'not-found')
})
