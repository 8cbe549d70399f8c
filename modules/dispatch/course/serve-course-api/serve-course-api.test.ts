import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { quietLog } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { newId } from '#platform/values'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'
import { serveCourseApi } from './serve-course-api.ts'

let shop: DispatchTest
let address: string
let end: () => Promise<void>
before(async () => {
  shop = await openDispatchTest()
  const listening = Promise.withResolvers<number>()
  const contract = 'b' as const
  const place = { host: '127.0.0.1', port: 0 }
  end = await serveCourseApi({ ...shop.grid, contract, address: place, onListen: listening.resolve }).start(quietLog)
  address = `http://127.0.0.1:${await listening.promise}`
})
after(async () => {
  await end()
  await shop.close()
})

const request = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${address}${path}`, {
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
