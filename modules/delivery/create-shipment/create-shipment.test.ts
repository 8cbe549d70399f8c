import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import {
  anna,
  bearer,
  boris,
  crowd,
  deliverEvents,
  olga,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import { newId } from '#platform/values'
import { ordersOn } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
let orders: ReturnType<typeof ordersOn>
before(async () => {
  database = await testDatabase()
  orders = ordersOn(database.db)
  http = await testServer([orders.module])
})
after(async () => {
  await http.close()
  await database.close()
})

const create = (payload: object, caller = olga) =>
  http.inject({ method: 'POST', url: '/api/v1/delivery/create', headers: { authorization: bearer(caller) }, payload })
const ofOrder = (order_id: string, caller = anna) =>
  http.inject({ url: `/api/v1/delivery/order/${order_id}`, headers: { authorization: bearer(caller) } })

test('a paid order gets one shipment, named after the event that asked for it (DLV-1)', async () => {
  const event_id = newId()
  const order_id = await orders.owe({ event_id })
  assert.equal((await ofOrder(order_id)).statusCode, 404, 'it exists before it exists')
  await orders.subscribe()
  const shown = (await ofOrder(order_id)).json()
  assert.deepEqual(
    [shown.id, shown.order_id, shown.order_number, shown.method, shown.status, shown.delivery_address],
    [event_id, order_id, '2026-7K3M9Q', 'courier', 'pending', 'Коломна, Посадская 12'],
  )
  assert.deepEqual(await orders.told(order_id), ['created pending'])
})

test('the heaviest order there can be is a shipment like any other (DLV-1)', async () => {
  const order_id = await orders.owe({ weight_grams: 99 * 100 * 10_000_000 })
  await orders.subscribe()
  assert.equal((await ofOrder(order_id)).json().weight_grams, 99_000_000_000)
})

test('a pickup is ready at once, and only the customer sees its code (DLV-3)', async () => {
  const order_id = await orders.owe({ method: 'pickup' })
  await orders.subscribe()
  const own = (await ofOrder(order_id)).json()
  assert.match(own.pickup_code, /^\d{6}$/)
  assert.equal(own.status, 'ready_for_pickup')
  const staff = await ofOrder(order_id, olga)
  assert.equal(staff.statusCode, 200)
  assert.ok(!staff.body.includes(own.pickup_code))
  const one = await http.inject({ url: `/api/v1/admin/shipments/${own.id}`, headers: { authorization: bearer(olga) } })
  assert.deepEqual([one.statusCode, one.json().allowed], [200, ['delivered', 'failed']])
  assert.ok(!one.body.includes(own.pickup_code))
})

test('somebody else’s shipment is not there (DLV-1)', async () => {
  const order_id = await orders.owe()
  await orders.subscribe()
  const { id } = (await ofOrder(order_id)).json()
  assert.equal((await ofOrder(order_id, boris)).statusCode, 404)
  const byId = (caller: typeof anna) =>
    http.inject({ url: `/api/v1/delivery/${id}`, headers: { authorization: bearer(caller) } })
  assert.deepEqual([(await byId(anna)).statusCode, (await byId(boris)).statusCode], [200, 404])
})

test('nobody delivers by CDEK yet: the order hears that it failed (DLV-3)', async () => {
  const order_id = await orders.owe({ method: 'cdek' })
  await orders.subscribe()
  assert.deepEqual(await orders.told(order_id), ['failed no-carrier'])
  assert.equal(await orders.kept(order_id), undefined)
})

test('staff make a shipment by hand, a repeat answers the same one, a customer may not (DLV-1)', async () => {
  const order_id = newId()
  const input = { order_id, delivery_address: { country: 'RU', city: 'Коломна', street: 'Посадская', database: '12' } }
  assert.equal((await create(input, anna)).statusCode, 403)
  const made = await crowd(10, () => create(input))
  const ids = made.map((answer) =>
    answer.status === 'fulfilled' ? `${answer.value.statusCode} ${answer.value.json().id}` : '',
  )
  assert.equal(new Set(ids).size, 1)
  assert.match(ids[0] ?? '', /^201 /)
  assert.deepEqual(await orders.told(order_id), ['created pending'])
  const again = (await create(input)).json()
  assert.deepEqual([again.method, again.delivery_address], ['courier', input.delivery_address])
})

test('a courier without an address and an unknown way are refused (DLV-1)', async () => {
  const refused = async (payload: object) => {
    const answer = await create(payload)
    return [answer.statusCode, answer.json().code]
  }
  assert.deepEqual(await refused({ order_id: newId(), method: 'courier' }), [409, 'address-missing'])
  assert.deepEqual(await refused({ order_id: newId(), method: 'cdek' }), [409, 'no-carrier'])
  assert.deepEqual(await refused({ order_id: newId(), method: 'drone' }), [400, 'validation-failed'])
})

test('where staff were faster, the order finds their shipment and hears of it (DLV-1)', async () => {
  const order_id = newId()
  const { id } = (await create({ order_id, method: 'pickup' })).json()
  await orders.owe({ order_id, method: 'pickup' })
  await orders.subscribe()
  const own = (await ofOrder(order_id)).json()
  assert.deepEqual([own.id, own.order_number, own.recipient_name], [id, '2026-7K3M9Q', 'Анна'])
  assert.deepEqual(await orders.told(order_id), ['created ready_for_pickup', 'created ready_for_pickup'])
})

test('staff make no shipment for an order nobody placed, or for one that is over (DLV-1)', async () => {
  for (const [standing, code, status] of [
    ['not-found', 'unknown-order', 404],
    ['closed', 'not-due', 409],
  ] as const) {
    const order_id = newId()
    orders.stand(order_id, standing)
    const answer = await create({ order_id })
    assert.deepEqual([answer.statusCode, answer.json().code], [status, code])
    assert.equal(await orders.kept(order_id), undefined)
    assert.deepEqual(await orders.told(order_id), [], 'nobody hears of it')
  }
})

test('a shipment that stands is answered also when its order is over (DLV-1)', async () => {
  const order_id = newId()
  const { id } = (await create({ order_id })).json()
  orders.stand(order_id, 'closed')
  const again = await create({ order_id })
  assert.deepEqual([again.statusCode, again.json().id], [201, id])
})

test('in the sandbox shipments deliver themselves, and are told step by step (DLV-1)', async () => {
  const auto = ordersOn(database.db, 'auto')
  const order_id = await auto.owe()
  await auto.subscribe()
  assert.deepEqual(await auto.told(order_id), ['created pending', 'pending>delivered', 'delivered'])
  assert.equal((await auto.kept(order_id))?.status, 'delivered')
})

test('the list of staff shows the newest first and goes on where it stopped (DLV-1)', async () => {
  const list = async (query: string) => {
    const answer = await http.inject({
      url: `/api/v1/admin/shipments?${query}`,
      headers: { authorization: bearer(olga) },
    })
    return answer.json()
  }
  for (let i = 0; i < 5; i++) await orders.owe({ method: 'pickup' })
  await orders.subscribe()
  const first = await list('status=ready_for_pickup&page_size=3')
  const second = await list(`status=ready_for_pickup&page_size=100&cursor=${first.next_cursor}`)
  const shown = [...first.items, ...second.items]
  assert.equal(shown.length, first.total)
  assert.equal(new Set(shown.map(({ id }: { id: string }) => id)).size, first.total)
  assert.ok(shown.every(({ status }: { status: string }) => status === 'ready_for_pickup'))
  const times = shown.map(({ created_at }: { created_at: string }) => created_at)
  assert.deepEqual(times, times.toSorted().toReversed())
})

test('shipments made and delivered in one transaction keep each their own order, code and timeline (DLV-1, PERF-2)', async () => {
  const auto = ordersOn(database.db, 'auto')
  const ids = await Promise.all(
    Array.from({ length: 10 }, (_, i) => auto.owe({ method: i % 2 ? 'pickup' : 'courier' })),
  )
  await deliverEvents(database.db, [auto.module], { together: true })
  for (const [i, order_id] of ids.entries()) {
    const first = i % 2 ? 'ready_for_pickup' : 'pending'
    assert.deepEqual(await auto.told(order_id), [`created ${first}`, `${first}>delivered`, 'delivered'])
    const { order_id: kept, method, status, timeline } = (await ofOrder(order_id)).json()
    assert.deepEqual([kept, method, status], [order_id, i % 2 ? 'pickup' : 'courier', 'delivered'])
    assert.deepEqual(
      timeline.map((step: { status: string }) => step.status),
      [first, 'delivered'],
    )
  }
})
