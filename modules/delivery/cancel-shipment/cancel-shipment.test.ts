import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, olga } from '#platform/testing'
import { transaction } from '#platform/db'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import type { Carrier } from '../index.ts'
import { StaffShipmentView } from '../schema.ts'
import { cancelShipment, prepareCancellation } from './cancel-shipment.ts'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

const createByHand = (order_id: string) =>
  shop.api.send(olga, 'POST /delivery/create', { body: { order_id, method: 'pickup' } })

test('a cancelled order cancels its waiting shipment, and a repeat gets the same answer (DLV-6)', async () => {
  for (const [method, status] of [
    ['courier', 'pending'],
    ['pickup', 'ready_for_pickup'],
  ] as const) {
    const { order_id } = await shop.createdShipment(method)
    await shop.cancel(order_id)
    await shop.deliver()
    await shop.cancel(order_id)
    await shop.deliver()
    const events = [`created ${status}`, `${status}>cancelled`, 'cancelled', 'cancelled']
    assert.deepEqual(await shop.eventsOf(order_id), events)
  }
})

test('a parcel that is under way is not cancelled, and the order learns its status (DLV-6)', async () => {
  const { id, order_id } = await shop.createdShipment()
  const body = { status: 'handed_over' }
  expectResponse(await shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body }), 200)
  await shop.cancel(order_id)
  await shop.deliver()
  assert.deepEqual((await shop.eventsOf(order_id)).at(-1), 'cancellation-refused handed_over')
  assert.equal((await shop.rowOf(order_id))?.status, 'handed_over')
})

test('a request or a cancellation that is handled again publishes the same answer (PLT-1, ORD-6)', async () => {
  const [cancelled, refused, byHand, unreachable, early] = [
    (await shop.createdShipment('pickup')).order_id,
    await shop.createdShipment(),
    newId(),
    newId(),
    newId(),
  ]
  const orders = [cancelled, refused.order_id, byHand, unreachable, early]
  const body = { status: 'handed_over' }
  expectResponse(await shop.api.send(olga, `POST /admin/shipments/${refused.id}/status`, { body }), 200)
  for (const order_id of [cancelled, refused.order_id, early]) await shop.cancel(order_id)
  expectResponse(await createByHand(byHand), 201)
  await shop.request({ order_id: byHand })
  await shop.request({ order_id: unreachable, method: 'cdek' })
  await shop.deliver()
  const idsOf = async (order_id: string) => {
    const { rows } = await sql<{ event_id: string }>`
      select distinct event_id from platform.event where source = 'delivery' and partition_key = ${order_id}`.execute(
      shop.db,
    )
    return rows.map(({ event_id }) => event_id).toSorted()
  }
  const before = await Promise.all(orders.map(idsOf))
  assert.deepEqual(
    before.map(({ length }) => length),
    [3, 3, 2, 1, 1],
  )
  await sql`delete from platform.inbox`.execute(shop.db)
  await shop.deliver()
  assert.deepEqual(await Promise.all(orders.map(idsOf)), before)
})

/** A courier service that gives every parcel the number RB1. */
const courierThat = (cancel: Carrier['cancel']): Carrier => ({
  method: 'courier',
  create: async () => ({ kind: 'created', status: 'pending', tracking_number: 'RB1', pickup_code: null }),
  cancel,
})

test('a shipment that its carrier refuses to cancel stays, and the order learns it (DLV-3, DLV-6)', async () => {
  const cancelled: string[] = []
  const refusing = courierThat(async ({ tracking_number }) => {
    cancelled.push(tracking_number ?? '')
    return { kind: 'refused', reason: 'under-way' }
  })
  const module = shop.moduleWith({ carriers: [refusing] })
  const order_id = await shop.request()
  await shop.deliver(module)
  assert.equal((await shop.rowOf(order_id))?.tracking_number, 'RB1')
  await shop.cancel(order_id)
  await shop.deliver(module)
  assert.deepEqual(cancelled, ['RB1'])
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending', 'cancellation-refused pending'])
})

test('the carrier gets no cancellation of a parcel that is under way (DLV-3, DLV-6)', async () => {
  const cancelled: string[] = []
  const carrier = courierThat(async ({ id }) => {
    cancelled.push(id)
    return { kind: 'cancelled' }
  })
  const { id, order_id } = await shop.createdShipment()
  const body = { status: 'in_transit' }
  expectResponse(await shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body }), 200)
  await shop.cancel(order_id)
  await shop.deliver(shop.moduleWith({ carriers: [carrier] }))
  assert.deepEqual(cancelled, [])
  assert.equal((await shop.eventsOf(order_id)).at(-1), 'cancellation-refused in_transit')
})

test('an order that cancels before it has a shipment gets none, neither by event nor by hand (DLV-6)', async () => {
  const order_id = newId()
  await shop.cancel(order_id)
  await shop.cancel(order_id)
  await shop.deliver()
  await shop.request({ order_id })
  await shop.deliver()
  expectProblem(await createByHand(order_id), 409, 'order-closed')
  assert.deepEqual(await shop.eventsOf(order_id), ['cancelled', 'cancelled'])
  assert.equal((await shop.rowOf(order_id))?.method, null)
  expectProblem(await shop.api.send(olga, `GET /delivery/order/${order_id}`), 404, 'not-found')
  const list = await shop.api.send(olga, 'GET /admin/shipments?status=cancelled')
  const { items } = expectResponse(list, 200, Page(StaffShipmentView))
  assert.ok(items.every((item) => item.order_id !== order_id))
})

test('a parcel that is delivered and cancelled at once has one of the two ends, and its events say which (DLV-6)', async () => {
  const ends = new Set<string>()
  for (let round = 0; round < 20; round++) {
    const { id, order_id } = await shop.createdShipment()
    await shop.cancel(order_id)
    const deliverByHand = async () => expectResponse(await shop.api.send(olga, `POST /delivery/${id}/deliver`), 200)
    const cancel = () => shop.deliver()
    const both = round % 2 === 0 ? [deliverByHand, cancel] : [cancel, deliverByHand]
    await crowd(2, async (i) => await both[i]?.())
    const end = (await shop.rowOf(order_id))?.status ?? ''
    ends.add(end)
    assert.deepEqual(
      await shop.eventsOf(order_id),
      end === 'delivered'
        ? ['created pending', 'pending>delivered', 'delivered', 'cancellation-refused delivered']
        : ['created pending', 'pending>cancelled', 'cancelled'],
    )
  }
  assert.ok(ends.size > 0 && [...ends].every((end) => end === 'delivered' || end === 'cancelled'))
})

test('a shipment that is created by hand and cancelled at once ends cancelled (DLV-6)', async () => {
  for (let round = 0; round < 20; round++) {
    const order_id = newId()
    await shop.cancel(order_id)
    const create = () => createByHand(order_id)
    const cancel = () => shop.deliver()
    const both = round % 2 === 0 ? [create, cancel] : [cancel, create]
    const done = await crowd(2, async (i) => await both[i]?.())
    assert.equal(done[round % 2 === 0 ? 0 : 1]?.status, 'fulfilled')
    // A shipment that came in between makes the event fail once.
    await shop.deliver()
    assert.equal((await shop.rowOf(order_id))?.status, 'cancelled')
    const events = await shop.eventsOf(order_id)
    assert.equal(events.filter((event) => event === 'cancelled').length, 1)
    assert.ok(['cancelled', 'created ready_for_pickup,ready_for_pickup>cancelled,cancelled'].includes(events.join()))
  }
})

test('staff cannot hand over a parcel while its carrier gets the cancellation (F-13, DLV-6)', async () => {
  const [asked, answered] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const slow = courierThat(async () => {
    asked.resolve()
    await answered.promise
    return { kind: 'cancelled' }
  })
  const { id, order_id } = await shop.createdShipment()
  await shop.cancel(order_id)
  const cancelling = shop.deliver(shop.moduleWith({ carriers: [slow] }))
  await asked.promise
  const setStatus = (status: string) => shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body: { status } })
  expectProblem(await setStatus('handed_over'), 409, 'shipment-being-cancelled')
  expectProblem(await shop.api.send(olga, `POST /delivery/${id}/deliver`), 409, 'shipment-being-cancelled')
  answered.resolve()
  await cancelling
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending', 'pending>cancelled', 'cancelled'])
})

test('staff go on with a parcel whose cancellation the carrier refused (DLV-6)', async () => {
  const { id, order_id } = await shop.createdShipment()
  await shop.cancel(order_id)
  await shop.deliver(
    shop.moduleWith({ carriers: [courierThat(async () => ({ kind: 'refused', reason: 'under-way' }))] }),
  )
  expectResponse(await shop.api.send(olga, `POST /delivery/${id}/deliver`), 200)
  assert.equal((await shop.rowOf(order_id))?.status, 'delivered')
})

test('a shipment that staff create while its cancellation is prepared is cancelled at its carrier too (DLV-3)', async () => {
  const cancelled: string[] = []
  const pickup: Carrier = {
    ...courierThat(async ({ id }) => {
      cancelled.push(id)
      return { kind: 'cancelled' }
    }),
    method: 'pickup',
  }
  const [order_id, event_id] = [newId(), newId()]
  const prepare = prepareCancellation({ db: shop.db, now: () => new Date(), carriers: [pickup] })
  const handle = (prepared: Awaited<ReturnType<typeof prepare>>) =>
    transaction(shop.db, (tx) => cancelShipment({ now: () => new Date() })(tx, { event_id, order_id }, prepared))
  const prepared = await prepare(order_id)
  const { id } = expectResponse(await createByHand(order_id), 201, StaffShipmentView)
  await assert.rejects(handle(prepared), /got the shipment/)
  await handle(await prepare(order_id))
  assert.deepEqual(cancelled, [id])
  assert.equal((await shop.rowOf(order_id))?.status, 'cancelled')
})

test('a shipment of a carrier that the shop no longer has is not taken for cancelled (DLV-3)', async () => {
  const { order_id } = await shop.createdShipment()
  const prepare = prepareCancellation({ db: shop.db, now: () => new Date(), carriers: [] })
  await assert.rejects(prepare(order_id), /No carrier for the method courier/)
})
