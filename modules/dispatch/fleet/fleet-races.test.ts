import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { shipmentCreated, shipmentStatusChanged } from '#delivery/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, boris, courier, crowd, deliverEvents, expectProblem, expectResponse, runJob } from '#platform/testing'
import { newId } from '#platform/values'
import { openDispatchTest, type DispatchTest } from '../testing.ts'
import { OwnParcelView } from './schema.ts'
import { carriage } from './testing.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
  await shop.api.send(staffCourier, 'PUT /dispatch/me/duty', { body: { duty: 'on', name: 'Пётр' } })
})
after(() => shop.close())

const staffCourier = { ...courier, permissions: ['delivery.deliver'] }

async function created(method = 'courier') {
  const shipment = {
    shipment_id: newId(),
    order_id: newId(),
    method,
    status: 'pending' as const,
    tracking_number: null,
  }
  const event = shipmentCreated({ ...shipment, ...(method === 'courier' && { carriage }) })
  await transaction(shop.db, (tx) => publish(tx, [event]))
  await deliverEvents(shop.db, [shop.module])
  return shipment
}

const rowOf = async (id: string) => {
  const { rows } = await sql<{ status: string; pin: string; pin_attempts: number }>`
    select * from dispatch.parcels where id = ${id}`.execute(shop.db)
  return rows[0]
}

test('a shipment by courier gets one parcel, any other shipment none (DSP-9)', async () => {
  const { shipment_id, order_id } = await created()
  await transaction(shop.db, (tx) =>
    publish(tx, [
      shipmentCreated({ shipment_id, order_id, method: 'courier', status: 'pending', tracking_number: null, carriage }),
    ]),
  )
  await deliverEvents(shop.db, [shop.module])
  assert.equal((await rowOf(shipment_id))?.status, 'waiting')
  assert.equal(await rowOf((await created('pickup')).shipment_id), undefined)
})

test('only the customer of an order sees its PIN (SEC-3, DSP-10)', async () => {
  const { shipment_id, order_id } = await created()
  const show = (as: typeof anna) => shop.api.send(as, `GET /dispatch/parcels/order/${order_id}`)
  assert.equal(expectResponse(await show(anna), 200, OwnParcelView).pin, (await rowOf(shipment_id))?.pin)
  expectProblem(await show(boris), 404, 'not-found')
})

test('ten taps on each button take effect once, and five wrong PINs lock the parcel (DSP-10, DSP-12)', async () => {
  const { shipment_id, order_id } = await created()
  await shop.fleet.planRoutes()
  for (const verb of ['accept', 'pick-up']) {
    const responses = await crowd(10, () =>
      shop.api.send(staffCourier, `POST /dispatch/me/parcels/${shipment_id}/${verb}`),
    )
    for (const each of responses) assert.equal(each.status === 'fulfilled' && each.value.status, 200)
  }
  assert.deepEqual(await shop.typesOf(order_id), ['parcel-accepted', 'parcel-picked-up'])
  const { pin } = (await rowOf(shipment_id))!
  const deliver = (said: string) =>
    shop.api.send(staffCourier, `POST /dispatch/me/parcels/${shipment_id}/deliver`, { body: { pin: said } })
  const wrong = pin === '0000' ? '1111' : '0000'
  await crowd(8, () => deliver(wrong))
  assert.equal((await rowOf(shipment_id))?.pin_attempts, 5)
  expectProblem(await deliver(pin), 409, 'pin-locked')
})

test('a parcel that its order cancels while the courier picks it up comes back (DSP-9)', async () => {
  const { shipment_id, order_id } = await created()
  await shop.fleet.planRoutes()
  for (const verb of ['accept', 'pick-up'])
    await shop.api.send(staffCourier, `POST /dispatch/me/parcels/${shipment_id}/${verb}`)
  const cancelled = shipmentStatusChanged({ shipment_id, order_id, from: 'pending', to: 'cancelled' })
  await transaction(shop.db, (tx) => publish(tx, [cancelled]))
  await deliverEvents(shop.db, [shop.module])
  assert.equal((await rowOf(shipment_id))?.status, 'failed')
  const back = await shop.api.send(staffCourier, `POST /dispatch/me/parcels/${shipment_id}/return`)
  assert.equal(back.status, 200)
})

test('a parcel that ended a day ago names no person, others do (DSP-10, ID-18)', async () => {
  const [ended, open] = [(await created()).shipment_id, (await created()).shipment_id]
  await sql`
    update dispatch.parcels set status = 'cancelled', updated_at = ${shop.now()}::timestamptz - interval '2 days'
    where id = ${ended}`.execute(shop.db)
  await runJob(shop.module, 'dispatch.anonymise-parcels')
  const { rows } = await sql<{ id: string; recipient_name: string | null; recipient_phone: string | null }>`
    select id, recipient_name, recipient_phone from dispatch.parcels where id in (${ended}, ${open})`.execute(shop.db)
  const nameOf = (id: string) => rows.find((row) => row.id === id)?.recipient_name
  assert.deepEqual([nameOf(ended), nameOf(open)], [null, 'Анна'])
})

test('two instances offer a parcel to one courier (DSP-7, DSP-10)', async () => {
  const { shipment_id } = await created()
  const { fleet: other } = shop.elsewhere()
  await crowd(8, (i) => (i % 2 ? shop.fleet : other).planRoutes())
  const { rows } = await sql<{ offers: number }>`
    select jsonb_array_length(timeline)::int - 1 as offers from dispatch.parcels where id = ${shipment_id}
  `.execute(shop.db)
  assert.equal(rows[0]?.offers, 1)
})
