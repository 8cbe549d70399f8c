import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { OrderView } from '#ordering/schema'
import { expectProblem, expectResponse, testDatabase, type TestDatabase } from '#platform/testing'
import { senderTo } from '../e2e/http-client.ts'
import { openServices } from '../e2e/open-services.ts'
import {
  firstOf,
  orderBecomes,
  placeOrder,
  press,
  registerCustomer,
  shipmentOf,
  toPickup,
} from '../e2e/purchase-steps.ts'
import { secrets, staff } from '../e2e/secrets.ts'

let database: TestDatabase
let services: Awaited<ReturnType<typeof openServices>>
let send: ReturnType<typeof senderTo>
before(async () => {
  database = await testDatabase({ size: 2 })
  const environment = {
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    LOG_LEVEL: 'error',
    DB_POOL_SIZE: '2',
    DB_MAX_OVERFLOW: '3',
    ...secrets,
  }
  services = await openServices({ environment, copies: 1 })
  send = senderTo(services.address)
})
after(async () => {
  await services.close()
  await database.close()
})

test('an order goes through five services behind the gateway (PLT-14, PLT-15)', async () => {
  const shop = { send, address: services.address }
  const { access_token: as } = await registerCustomer(shop)
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  await orderBecomes(shop, { id, as }, 'processing')
  assert.ok((await press(shop, id, 'approve')) < 400)
  await orderBecomes(shop, { id, as }, 'shipping')
  const { id: shipment_id, pickup_code } = await shipmentOf(shop, { id, as })
  const body = { code: pickup_code }
  expectResponse(await send(staff, `POST /delivery/${shipment_id}/deliver`, { body }), 200)
  await orderBecomes(shop, { id, as }, 'fulfilled')
})

test('a repeated order is answered from the first one, also through the gateway (PLT-14)', async () => {
  const { access_token: as } = await registerCustomer({ send })
  const { variant_id } = await firstOf({ send }, 'teas')
  const headers = { 'idempotency-key': `split-${crypto.randomUUID()}` }
  const body = { ...toPickup, items: [{ variant_id, quantity: 1 }] }
  const first = await send(as, 'POST /orders', { body, headers })
  const again = await send(as, 'POST /orders', { body, headers })
  assert.equal(expectResponse(again, 201, OrderView).id, expectResponse(first, 201, OrderView).id)
  assert.equal(again.headers['idempotent-replay'], 'true')
})

test('the gateway shows the routes of every service in one document, and none for services (PLT-15)', async () => {
  const read = async (path: string) => await (await fetch(`${services.address}${path}`)).json()
  const { paths, components } = (await read('/api/openapi.json')) as {
    paths: Record<string, object>
    components: { schemas: Record<string, object> }
  }
  for (const path of ['/api/v1/auth/login', '/api/v1/catalog/products', '/api/v1/orders', '/api/v1/payments/process'])
    assert.ok(paths[path], path)
  assert.ok(components.schemas['Order'] && components.schemas['Cart'])
  assert.deepEqual(
    Object.keys(paths).filter((path) => path.includes('internal')),
    [],
  )
  const events = JSON.stringify(await read('/api/asyncapi.json'))
  for (const type of ['ordering.order-created.v1', 'payments.payment-completed.v1', 'catalog.hold-lost.v1'])
    assert.ok(events.includes(type), type)
})

test('the gateway reports the health of every service, and shows neither metrics nor internal routes (PLT-15)', async () => {
  const health = (await (await fetch(`${services.address}/health`)).json()) as { services: object }
  const healthy = { auth: 'healthy', shop: 'healthy', ordering: 'healthy', payments: 'healthy', delivery: 'healthy' }
  assert.deepEqual(health.services, healthy)
  for (const path of ['/metrics', '/health/db', '/api/v1/internal/catalog/hold', '/api/v1/%69nternal/catalog/hold']) {
    const method = path.includes('hold') ? 'POST' : 'GET'
    const response = await fetch(`${services.address}${path}`, { method, ...(method === 'POST' && { body: '{}' }) })
    assert.equal(response.status, 404, path)
  }
})

test('a token that is not valid is refused by every service, and the tokens of programs are known to all (SEC-3)', async () => {
  for (const path of ['/orders', '/cart', '/auth/me', '/payments/order/0192f3c4-0000-7000-a000-000000000001'] as const)
    expectProblem(await send('no-such-token', `GET ${path}`), 401, 'unauthorized')
  expectResponse(await send(staff, 'GET /admin/orders'), 200)
  expectResponse(await send(staff, 'GET /admin/shipments'), 200)
})
