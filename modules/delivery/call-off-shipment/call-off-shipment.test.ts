import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { bearer, crowd, olga, testDatabase, testServer, type TestDatabase } from '#platform/testing'
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

const post = (path: string, payload: object = {}) =>
  http.inject({ method: 'POST', url: `/api/v1${path}`, headers: { authorization: bearer(olga) }, payload })
const createByHand = (order_id: string) => post('/delivery/create', { order_id, method: 'pickup' })

async function owed(method: 'courier' | 'pickup' = 'courier') {
  const order_id = await orders.owe({ method })
  await orders.subscribe()
  return { order_id, id: (await orders.kept(order_id))?.id ?? '' }
}

test('an order that is called off takes a waiting parcel back, and asked again is answered again (DLV-6)', async () => {
  for (const [method, status] of [
    ['courier', 'pending'],
    ['pickup', 'ready_for_pickup'],
  ] as const) {
    const { order_id } = await owed(method)
    await orders.callOff(order_id)
    await orders.subscribe()
    await orders.callOff(order_id)
    await orders.subscribe()
    assert.deepEqual(await orders.told(order_id), [
      `created ${status}`,
      `${status}>cancelled`,
      'cancelled',
      'cancelled',
    ])
  }
})

test('what is under way does not come back, and the order hears where it is (DLV-6)', async () => {
  const { id, order_id } = await owed()
  await post(`/admin/shipments/${id}/status`, { status: 'handed_over' })
  await orders.callOff(order_id)
  await orders.subscribe()
  assert.deepEqual((await orders.told(order_id)).at(-1), 'cancel-refused handed_over')
  assert.equal((await orders.kept(order_id))?.status, 'handed_over')
})

test('called off before there was a shipment, none comes any more: not by event, not by hand (DLV-6)', async () => {
  const order_id = newId()
  await orders.callOff(order_id)
  await orders.callOff(order_id)
  await orders.subscribe()
  await orders.owe({ order_id })
  await orders.subscribe()
  const byHand = await createByHand(order_id)
  assert.deepEqual([byHand.statusCode, byHand.json().code], [409, 'not-due'])
  assert.deepEqual(await orders.told(order_id), ['cancelled', 'cancelled'])
  assert.equal((await orders.kept(order_id))?.method, null)
  const headers = { authorization: bearer(olga) }
  assert.equal((await http.inject({ url: `/api/v1/delivery/order/${order_id}`, headers })).statusCode, 404)
  const { items } = (await http.inject({ url: '/api/v1/admin/shipments?status=cancelled', headers })).json()
  assert.ok(items.every((item: { order_id: string }) => item.order_id !== order_id))
})

test('delivered and called off in the same moment: exactly one happens, and all is told of it (DLV-6)', async () => {
  const ends = new Set<string>()
  for (let round = 0; round < 20; round++) {
    const { id, order_id } = await owed()
    await orders.callOff(order_id)
    const deliver = () => post(`/delivery/${id}/deliver`)
    const both = round % 2 === 0 ? [deliver, orders.subscribe] : [orders.subscribe, deliver]
    const done = await crowd(2, async (i) => await both[i]?.())
    assert.ok(done.every(({ status }) => status === 'fulfilled'))
    const end = (await orders.kept(order_id))?.status ?? ''
    ends.add(end)
    assert.deepEqual(
      await orders.told(order_id),
      end === 'delivered'
        ? ['created pending', 'pending>delivered', 'delivered', 'cancel-refused delivered']
        : ['created pending', 'pending>cancelled', 'cancelled'],
    )
  }
  assert.ok(ends.size > 0 && [...ends].every((end) => end === 'delivered' || end === 'cancelled'))
})

test('made by hand and called off in the same moment: cancelled in the end, whoever came first (DLV-6)', async () => {
  for (let round = 0; round < 20; round++) {
    const order_id = newId()
    await orders.callOff(order_id)
    const create = () => createByHand(order_id)
    const both = round % 2 === 0 ? [create, orders.subscribe] : [orders.subscribe, create]
    const done = await crowd(2, async (i) => await both[i]?.())
    assert.ok(done.every(({ status }) => status === 'fulfilled'))
    assert.equal((await orders.kept(order_id))?.status, 'cancelled')
    const told = await orders.told(order_id)
    assert.equal(told.filter((each) => each === 'cancelled').length, 1)
    assert.ok(['cancelled', 'created ready_for_pickup,ready_for_pickup>cancelled,cancelled'].includes(told.join()))
  }
})
