import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { quietLog } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { newId } from '#platform/values'
import type { Contract } from '../../contract.ts'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'
import { serveCourseApi } from './serve-course-api.ts'

let shop: DispatchTest
let address: string
let addressOfD: string
const ends: (() => Promise<void>)[] = []
before(async () => {
  shop = await openDispatchTest()
  address = await serve('b')
  addressOfD = await serve('d')
})
after(async () => {
  for (const end of ends) await end()
  await shop.close()
})

async function serve(contract: Contract): Promise<string> {
  const listening = Promise.withResolvers<number>()
  const place = { host: '127.0.0.1', port: 0 }
  const { grid } = shop.gridOf(contract)
  ends.push(await serveCourseApi({ ...grid, contract, address: place, onListen: listening.resolve }).start(quietLog))
  return `http://127.0.0.1:${await listening.promise}`
}

const request = async (method: string, path: string, body?: object, at = address) => {
  const response = await fetch(`${at}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
    response,
  }
}

test('the paths of the course create, list, move and complete (DSP-3)', async () => {
  const created = await request('POST', '/api/v1/couriers', { name: 'Пётр', speed: 2 })
  assert.equal(created.status, 201)
  const { courierId } = created.body as { courierId: string }
  const couriers = await request('GET', '/api/v1/couriers')
  assert.deepEqual(couriers.body, [{ id: courierId, name: 'Пётр', location: { x: 1, y: 1 } }])

  const order = await request('POST', '/api/v1/orders')
  assert.equal(order.status, 201)
  const { orderId } = order.body as { orderId: string }
  const active = await request('GET', '/api/v1/orders/active')
  const [only] = active.body as { id: string; location: { x: number; y: number } }[]
  assert.ok(only)
  assert.deepEqual(Object.keys(only), ['id', 'location'])
  assert.equal(only.id, orderId)

  await shop.grid.assignOrders()
  const complete = `/api/v1/couriers/${courierId}/orders/${orderId}/complete`
  const tooFar = await request('POST', complete)
  assert.deepEqual([tooFar.status, tooFar.body], [409, { code: 409, message: 'too-far' }])
  assert.equal((await request('POST', `/api/v1/couriers/${courierId}/move`, only.location)).status, 200)
  assert.equal((await request('POST', complete)).status, 200)
  await eventually(async () => assert.deepEqual((await request('GET', '/api/v1/orders/active')).body, []))
})

test('errors have the body of the course (DSP-3)', async () => {
  for (const [path, body, status] of [
    ['/api/v1/couriers', { name: '', speed: 1 }, 400],
    ['/api/v1/couriers', { name: ' ', speed: 1 }, 400],
    ['/api/v1/couriers', { name: 'Пётр', speed: 0 }, 400],
    ['/api/v1/couriers', { name: 'Пётр', speed: '2' }, 400],
    ['/api/v1/couriers', { name: 'Пётр' }, 400],
    [`/api/v1/couriers/${newId()}/move`, { x: 0, y: 1 }, 400],
    [`/api/v1/couriers/${newId()}/move`, { x: 1, y: 1 }, 404],
    [`/api/v1/couriers/x/move`, { x: 1, y: 1 }, 400],
    ['/api/v1/nothing', {}, 404],
  ] as const) {
    const answered = await request('POST', path, body)
    assert.equal(answered.status, status, path)
    const { code, message } = answered.body as { code: number; message: string }
    assert.equal(code, status)
    assert.ok(message.length > 0)
  }
})

test('the front end of the course finds its document, its health and its permission (DSP-3)', async () => {
  assert.equal((await request('GET', '/health')).body, 'Healthy')
  const document = (await request('GET', '/openapi.json')).body as { info: object; paths: Record<string, object> }
  assert.deepEqual(document.info, { title: 'Swagger Delivery', version: '1.0.0' })
  assert.deepEqual(Object.keys(document.paths).toSorted().slice(0, 2), [
    '/api/v1/couriers',
    '/api/v1/couriers/{courierId}/move',
  ])
  const preflight = await fetch(`${address}/api/v1/couriers`, { headers: { origin: 'http://localhost:8086' } })
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'http://localhost:8086')
})

test('a courier of generation D has a name only, takes several cells at once and says when an order is delivered (DSP-3)', async () => {
  const created = await request('POST', '/api/v1/couriers', { name: 'Анна' }, addressOfD)
  assert.equal(created.status, 201)
  const { courierId } = created.body as { courierId: string }
  const order = await request('POST', '/api/v1/orders', undefined, addressOfD)
  const { orderId } = order.body as { orderId: string }
  while ((await shop.grid.assignOrders()) > 0);
  const { courier_id } = await shop.orderRow(orderId)
  const { location } = (await request('GET', '/api/v1/orders/active', undefined, addressOfD)).body.find(
    (each: { id: string }) => each.id === orderId,
  )
  const complete = (courier: string) =>
    request('POST', `/api/v1/couriers/${courier}/orders/${orderId}/complete`, undefined, addressOfD)
  const another = courier_id === courierId ? newId() : courierId
  assert.ok([404, 409].includes((await complete(another)).status), 'another courier cannot complete it')
  const move = `/api/v1/couriers/${courier_id}/move`
  assert.equal((await request('POST', move, { x: 11, y: 1 }, addressOfD)).status, 400)
  assert.equal((await request('POST', move, location, addressOfD)).status, 200)
  assert.equal((await complete(courier_id!)).status, 200)
  assert.equal((await complete(courier_id!)).status, 200, 'a repeat changes nothing')
  assert.equal((await complete(newId())).status, 404)
})

test('a request without a body may name the type of one (DSP-3)', async () => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${address}/api/v1/orders`, { method: 'POST', headers })
  assert.equal(response.status, 201)
  const without = await fetch(`${address}/api/v1/couriers`, { method: 'POST', headers })
  assert.equal(without.status, 400)
  assert.equal(((await without.json()) as { code: number }).code, 400)
})

test('the document has the operations, the components and the answers of the contract (DSP-3)', async () => {
  const document = (await request('GET', '/openapi.json')).body as {
    openapi: string
    components: { schemas: Record<string, { required?: string[] }> }
    paths: Record<string, Record<string, { operationId: string; requestBody?: object; responses: object }>>
  }
  assert.equal(document.openapi, '3.0.0')
  assert.deepEqual(Object.keys(document.components.schemas).toSorted(), [
    'Courier',
    'Error',
    'Location',
    'NewCourier',
    'Order',
  ])
  assert.deepEqual(document.components.schemas['NewCourier']?.required, ['name'], 'generation D has no speed')
  const operations = Object.fromEntries(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId, requestBody, responses }]) => [
        operationId,
        [`${method} ${path}`, requestBody !== undefined, Object.keys(responses).toSorted().join()],
      ]),
    ),
  )
  const answers = '201,400,404,409,500'
  assert.deepEqual(operations, {
    GetCouriers: ['get /api/v1/couriers', false, '200,default'],
    GetOrders: ['get /api/v1/orders/active', false, '200,default'],
    CreateCourier: ['post /api/v1/couriers', true, answers],
    CreateOrder: ['post /api/v1/orders', false, answers],
    MoveCourier: ['post /api/v1/couriers/{courierId}/move', true, '200,400,404,409,500'],
    CompleteOrder: ['post /api/v1/couriers/{courierId}/orders/{orderId}/complete', false, '200,400,404,409,500'],
  })
})
