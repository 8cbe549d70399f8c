import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  adminMachine,
  anna,
  boris,
  crowd,
  deliverEvents,
  expectProblem,
  expectResponse,
  machine,
  olga,
  openTestApi,
  statementsOf,
} from '#platform/testing'
import type { Caller } from '#platform/access'
import { Page } from '#platform/schema'
import { transaction } from '#platform/db'
import { notFound } from '#platform/outcome'
import { newId } from '#platform/values'
import { courier } from '../carriers/courier.ts'
import type { Carrier } from '../index.ts'
import { ShipmentView, StaffShipmentView } from '../schema.ts'
import { createRequestedShipment } from './create-requested-shipment.ts'
import { openDeliveryTest, type DeliveryTest } from '../testing.ts'

let shop: DeliveryTest
before(async () => {
  shop = await openDeliveryTest()
})
after(() => shop.close())

const create = (body: object, caller = olga) => shop.api.send(caller, 'POST /delivery/create', { body })
const created = async (body: object) => expectResponse(await create(body), 201, StaffShipmentView)
const ofOrder = (order_id: string, caller: Caller = anna) => shop.api.send(caller, `GET /delivery/order/${order_id}`)
const ownShipment = async (order_id: string) => expectResponse(await ofOrder(order_id), 200, ShipmentView)

test('a paid order gets one shipment with the id of its event (DLV-1)', async () => {
  const event_id = newId()
  const order_id = await shop.request({ event_id })
  expectProblem(await ofOrder(order_id), 404, 'not-found')
  await shop.deliver()
  const shown = await ownShipment(order_id)
  assert.deepEqual(
    [shown.id, shown.order_id, shown.order_number, shown.method, shown.status, shown.delivery_address],
    [event_id, order_id, '2026-7K3M9Q', 'courier', 'pending', 'Коломна, Посадская 12'],
  )
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
})

test('the heaviest possible order gets a shipment like any other (DLV-1)', async () => {
  const order_id = await shop.request({ weight_grams: 99 * 100 * 10_000_000 })
  await shop.deliver()
  assert.equal((await ownShipment(order_id)).weight_grams, 99_000_000_000)
})

test('a pickup is ready at once, and only the customer sees its code (DLV-3)', async () => {
  const { order_id } = await shop.createdShipment('pickup')
  const own = await ownShipment(order_id)
  assert.match(own.pickup_code ?? '', /^\d{6}$/)
  assert.equal(own.status, 'ready_for_pickup')
  const forStaff = await ofOrder(order_id, olga)
  expectResponse(forStaff, 200, ShipmentView)
  const one = await shop.api.send(olga, `GET /admin/shipments/${own.id}`)
  assert.deepEqual(expectResponse(one, 200, StaffShipmentView).allowed, ['delivered', 'failed'])
  for (const response of [forStaff, one]) assert.ok(!response.text.includes(own.pickup_code ?? ''))
})

test('a customer does not see the shipment of another customer (DLV-1)', async () => {
  const { id, order_id } = await shop.createdShipment()
  expectProblem(await ofOrder(order_id, boris), 404, 'not-found')
  expectProblem(await shop.api.send(boris, `GET /delivery/${id}`), 404, 'not-found')
  expectResponse(await shop.api.send(anna, `GET /delivery/${id}`), 200, ShipmentView)
})

test('a program with the admin token sees every shipment as staff do, and the bot none (ID-15)', async () => {
  const { id, order_id } = await shop.createdShipment()
  expectResponse(await ofOrder(order_id, adminMachine), 200, ShipmentView)
  expectResponse(await shop.api.send(adminMachine, `GET /delivery/${id}`), 200, ShipmentView)
  const refused = expectProblem(await ofOrder(order_id, machine), 403, 'forbidden')
  assert.equal(refused['missing_permission'], 'delivery.read')
})

test('an order for a method without a carrier learns that its shipment failed (DLV-3)', async () => {
  const order_id = await shop.request({ method: 'cdek' })
  await shop.deliver()
  assert.deepEqual(await shop.eventsOf(order_id), ['failed no-carrier'])
  assert.equal((await shop.rowOf(order_id))?.method, null, 'the order is cancelled and gets no other shipment')
  expectProblem(await create({ order_id }), 409, 'order-closed')
})

/** A carrier outside the shop, which records its calls. `meanwhile` runs before the first registration is answered. */
function outsideCarrier(meanwhile = async () => {}) {
  const calls: string[] = []
  const cdek: Carrier = {
    method: 'cdek',
    create: async ({ id }) => {
      calls.push(`create ${id}`)
      if (calls.length === 1) await meanwhile()
      return { kind: 'created', status: 'pending', tracking_number: `CDEK-${id}`, pickup_code: null }
    },
    cancel: async ({ id }) => {
      calls.push(`cancel ${id}`)
      return { kind: 'cancelled' }
    },
  }
  return { module: shop.moduleWith({ carriers: [cdek] }), calls }
}

test('a carrier registers a shipment before the transaction and not again when the event returns (DLV-3)', async () => {
  const { module, calls } = outsideCarrier()
  const event_id = newId()
  const order_id = await shop.request({ method: 'cdek', event_id })
  await shop.deliver(module)
  await shop.pool.query('delete from platform.inbox')
  await shop.deliver(module)
  assert.deepEqual(
    calls.filter((call) => call.endsWith(event_id)),
    [`create ${event_id}`],
  )
  assert.equal((await shop.rowOf(order_id))?.tracking_number, `CDEK-${event_id}`)
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
})

test('a registration of the order that staff overtook is cancelled at its carrier (DLV-3)', async () => {
  const [order_id, event_id] = [newId(), newId()]
  const { module, calls } = outsideCarrier(async () => void (await created({ order_id, method: 'pickup' })))
  await shop.request({ order_id, method: 'cdek', event_id })
  await assert.rejects(shop.deliver(module), /was registered at its carrier/)
  await shop.deliver(module)
  assert.deepEqual(
    calls.filter((call) => call.endsWith(event_id)),
    [`create ${event_id}`, `cancel ${event_id}`],
  )
  assert.equal((await shop.rowOf(order_id))?.method, 'pickup')
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup', 'created ready_for_pickup'])
})

test('a shipment of the shop itself that staff overtook registers nothing, and the order gets that of staff (DLV-1)', async () => {
  const [order_id, event_id] = [newId(), newId()]
  const calls: string[] = []
  const own: Carrier = {
    ...courier,
    create: async (request) => {
      await created({ order_id, method: 'pickup' })
      return await courier.create(request)
    },
    cancel: async ({ id }) => (calls.push(id), { kind: 'cancelled' }),
  }
  await shop.request({ order_id, event_id })
  await shop.deliver(shop.moduleWith({ carriers: [own] }))
  assert.deepEqual(calls, [])
  assert.equal((await shop.rowOf(order_id))?.method, 'pickup')
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup', 'created ready_for_pickup'])
})

test('ten shipments of the shop itself in one transaction take one statement (DLV-1, PERF-2)', async () => {
  const order_ids = await Promise.all(Array.from({ length: 10 }, () => shop.request({})))
  const statements = await statementsOf(async () => {
    await deliverEvents(shop.db, [shop.module], { together: true })
  })
  assert.equal(statements.filter(({ text }) => text.includes('delivery.')).length, 1)
  for (const order_id of order_ids) assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
})

test('a registration of staff that the order overtook is cancelled at its carrier (DLV-3)', async () => {
  const order_id = newId()
  const { module, calls } = outsideCarrier(async () => {
    await shop.request({ order_id, method: 'pickup' })
    await shop.deliver()
  })
  const api = await openTestApi([module])
  const response = await api.send(olga, 'POST /delivery/create', { body: { order_id, method: 'cdek' } })
  await api.close()
  const { shipment_id: id, method } = expectProblem(response, 409, 'shipment-exists')
  assert.equal(method, 'pickup')
  const [registered, cancelled, ...others] = calls
  assert.deepEqual([cancelled, others], [registered?.replace('create', 'cancel'), []])
  assert.notEqual(registered, `create ${String(id)}`)
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup'])
})

test('staff create a shipment by hand, a repeat gets the same one, a customer may not (DLV-1)', async () => {
  const order_id = newId()
  const input = { order_id, delivery_address: { country: 'RU', city: 'Коломна', street: 'Посадская', house: '12' } }
  expectProblem(await create(input, anna), 403, 'forbidden')
  const ids = (await crowd(10, () => created(input))).map((each) =>
    each.status === 'fulfilled' ? each.value.id : String(each.reason),
  )
  assert.equal(new Set(ids).size, 1, ids.join())
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
  const repeat = await created(input)
  assert.deepEqual([repeat.method, repeat.delivery_address], ['courier', input.delivery_address])
})

test('a courier without an address and an unknown method are refused (DLV-1)', async () => {
  expectProblem(await create({ order_id: newId(), method: 'courier' }), 400, 'address-missing')
  expectProblem(await create({ order_id: newId(), method: 'cdek' }), 409, 'no-carrier')
  expectProblem(await create({ order_id: newId(), method: 'drone' }), 400, 'validation-failed')
})

test('an order that requests its shipment after staff created one gets that one (DLV-1)', async () => {
  const order_id = newId()
  const { id } = await created({ order_id, method: 'pickup' })
  await shop.request({ order_id, method: 'pickup' })
  await shop.deliver()
  const own = await ownShipment(order_id)
  assert.deepEqual([own.id, own.order_number, own.recipient_name], [id, '2026-7K3M9Q', 'Анна'])
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup', 'created ready_for_pickup'])
})

test('a repeat with another method or address is refused, and shows what the order has (F-13, DLV-1)', async () => {
  const order_id = newId()
  const { id } = await created({ order_id, delivery_address: 'Коломна, Посадская 12' })
  assert.equal((await created({ order_id })).id, id)
  assert.equal((await created({ order_id, method: 'courier', delivery_address: 'Коломна, Посадская 12' })).id, id)
  for (const other of [{ method: 'pickup' }, { delivery_address: 'Рязань, Соборная 1' }, { method: 'cdek' }]) {
    const problem = expectProblem(await create({ order_id, ...other }), 409, 'shipment-exists')
    assert.deepEqual([problem['shipment_id'], problem['method']], [id, 'courier'])
  }
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending'])
})

test('a shipment that staff create has the facts of its order from the start (F-13)', async () => {
  const order_id = newId()
  await created({ order_id })
  const own = await ownShipment(order_id)
  assert.deepEqual([own.method, own.order_number, own.recipient_name], ['pickup', '2026-7K3M9Q', 'Анна'])
  assert.deepEqual([own.weight_grams, own.cash_to_collect, own.currency], [300, 0, 'RUB'])
})

test('a retry under one Idempotency-Key registers the same parcel at the carrier (rule 8, DLV-3)', async () => {
  const ids: string[] = []
  const cdek: Carrier = {
    method: 'cdek',
    create: async ({ id }) => {
      ids.push(id)
      if (ids.length === 1) throw new Error('the process ends after the registration')
      return { kind: 'created', status: 'pending', tracking_number: null, pickup_code: null }
    },
    cancel: async () => ({ kind: 'cancelled' }),
  }
  const api = await openTestApi([shop.moduleWith({ carriers: [cdek] })])
  const order_id = newId()
  const headers = { 'idempotency-key': newId() }
  const send = () => api.send(olga, 'POST /delivery/create', { body: { order_id, method: 'cdek' }, headers })
  expectProblem(await send(), 500, 'internal-error')
  const { id } = expectResponse(await send(), 201, StaffShipmentView)
  await api.close()
  assert.deepEqual(ids, [id, id])
})

test('an order whose own request fails keeps the shipment that staff created in the meantime (F-13)', async () => {
  const order_id = newId()
  const { id } = await created({ order_id, method: 'pickup' })
  const request = { ...shop.requestedFacts(order_id), method: 'cdek' as const }
  await transaction(shop.db, (tx) =>
    createRequestedShipment({ now: () => new Date(), sandbox: 'manual' })(
      tx,
      { event_id: newId(), payload: request },
      { kind: 'refused', reason: 'no-carrier' },
    ),
  )
  assert.equal((await shop.rowOf(order_id))?.id, id)
  assert.deepEqual(await shop.eventsOf(order_id), ['created ready_for_pickup', 'created ready_for_pickup'])
})

test('staff create no shipment for an order that is unknown, unpaid or closed (F-13, DLV-1)', async () => {
  for (const [state, status, code] of [
    [notFound('order'), 404, 'not-found'],
    [{ kind: 'unpaid' }, 409, 'order-not-paid'],
    [{ kind: 'closed' }, 409, 'order-closed'],
  ] as const) {
    const order_id = newId()
    shop.setOrderState(order_id, state)
    expectProblem(await create({ order_id }), status, code)
    assert.equal(await shop.rowOf(order_id), undefined)
    assert.deepEqual(await shop.eventsOf(order_id), [])
  }
})

test('staff get an existing shipment also when its order is closed (DLV-1)', async () => {
  const order_id = newId()
  const { id } = await created({ order_id })
  shop.setOrderState(order_id, { kind: 'closed' })
  assert.equal((await created({ order_id })).id, id)
})

test('in the sandbox a shipment delivers itself and publishes each step (DLV-1)', async () => {
  const order_id = await shop.request()
  await shop.deliver(shop.moduleWith({ sandbox: 'auto' }))
  assert.deepEqual(await shop.eventsOf(order_id), ['created pending', 'pending>delivered', 'delivered'])
  assert.equal((await shop.rowOf(order_id))?.status, 'delivered')
})

test('staff list shipments from the newest on, page after page (DLV-1)', async () => {
  const list = async (query: string) =>
    expectResponse(await shop.api.send(olga, `GET /admin/shipments?${query}`), 200, Page(StaffShipmentView))
  for (let i = 0; i < 5; i++) await shop.request({ method: 'pickup' })
  await shop.deliver()
  const first = await list('status=ready_for_pickup&page_size=3')
  const second = await list(`status=ready_for_pickup&page_size=100&cursor=${first.next_cursor}`)
  const shown = [...first.items, ...second.items]
  assert.equal(shown.length, first.total)
  assert.equal(new Set(shown.map(({ id }) => id)).size, first.total)
  assert.ok(shown.every(({ status }) => status === 'ready_for_pickup'))
  const times = shown.map(({ created_at }) => created_at)
  assert.deepEqual(times, times.toSorted().toReversed())
})

test('staff list the shipments of a method and of a status (DLV-1)', async () => {
  const list = async (query: string) =>
    expectResponse(await shop.api.send(olga, `GET /admin/shipments?${query}`), 200, Page(StaffShipmentView))
  const [courier, pickup] = [await shop.createdShipment('courier'), await shop.createdShipment('pickup')]
  const unknown = newId()
  await shop.cancel(unknown)
  await shop.deliver()
  const idsOf = async (query: string) => (await list(query)).items.map(({ id }) => id)
  const couriers = await idsOf('method=courier&page_size=100')
  assert.ok(couriers.includes(courier.id) && !couriers.includes(pickup.id))
  const waiting = await idsOf('status=pending&method=pickup&page_size=100')
  assert.deepEqual(waiting, [], 'a pickup is ready at once')
  const all = await list('page_size=100')
  assert.equal(all.total, all.items.length)
  assert.ok(!all.total_capped)
  assert.ok(all.items.every(({ order_id }) => order_id !== unknown))
})

test('an order without a shipment shows none, also after its cancellation (DLV-6)', async () => {
  const order_id = newId()
  await shop.cancel(order_id)
  await shop.deliver()
  const tombstone = await shop.rowOf(order_id)
  for (const caller of [anna, olga]) {
    expectProblem(await ofOrder(order_id, caller), 404, 'not-found')
    expectProblem(await shop.api.send(caller, `GET /delivery/${tombstone?.id}`), 404, 'not-found')
  }
  for (const path of ['status', 'deliver', 'code-lock'])
    expectProblem(await sendTo(tombstone?.id ?? '', path), 404, 'not-found')
})

const sendTo = (id: string, path: string) =>
  path === 'code-lock'
    ? shop.api.send(olga, `DELETE /admin/shipments/${id}/code-lock`)
    : path === 'status'
      ? shop.api.send(olga, `POST /admin/shipments/${id}/status`, { body: { status: 'in_transit' } })
      : shop.api.send(olga, `POST /delivery/${id}/deliver`, { body: {} })

test('shipments of one transaction keep their own order, code and timeline (DLV-1, PERF-2)', async () => {
  const methods = Array.from({ length: 10 }, (_, i) => (i % 2 ? 'pickup' : 'courier'))
  const order_ids = await Promise.all(methods.map((method) => shop.request({ method })))
  await deliverEvents(shop.db, [shop.moduleWith({ sandbox: 'auto' })], { together: true })
  for (const [i, order_id] of order_ids.entries()) {
    const first = methods[i] === 'pickup' ? 'ready_for_pickup' : 'pending'
    assert.deepEqual(await shop.eventsOf(order_id), [`created ${first}`, `${first}>delivered`, 'delivered'])
    const shown = await ownShipment(order_id)
    assert.deepEqual([shown.order_id, shown.method, shown.status], [order_id, methods[i], 'delivered'])
    assert.equal(typeof shown.pickup_code, methods[i] === 'pickup' ? 'string' : 'object')
    assert.deepEqual(
      shown.timeline.map(({ status }) => status),
      [first, 'delivered'],
    )
  }
})
