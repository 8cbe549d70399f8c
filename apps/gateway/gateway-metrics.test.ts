import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { freePort } from '#platform/db'
import { quietLog } from '#platform/telemetry'
import { readAppConfig } from '../config/config.ts'
import { openGateway, openGatewayMetrics } from './gateway.ts'

const shop = createServer((_request, response) => void response.end('tea'))
let gateway: Awaited<ReturnType<typeof openGateway>>
let own: Awaited<ReturnType<typeof openGatewayMetrics>>
let address: string
const token = 'sesame-sesame-sesame-1'

before(async () => {
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  const config = readAppConfig({
    SHOP_URL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
    ORDERING_URL: `http://127.0.0.1:${await freePort()}`,
    METRICS_TOKEN: token,
  })
  const logs = () => quietLog
  own = await openGatewayMetrics(config, logs)
  gateway = await openGateway(config, logs, own.metrics)
  address = await gateway.listen({ host: '127.0.0.1', port: 0 })
})
after(async () => {
  await gateway.close()
  await own.server.close()
  shop.closeAllConnections()
  shop.close()
})

const readMetrics = async (authorization = `Bearer ${token}`) =>
  await own.server.inject({ url: '/metrics', headers: { authorization } })

/** The value of the metric of this name whose labels have all of `labels`. */
async function valueOf(name: string, ...labels: readonly string[]): Promise<number> {
  const { body } = await readMetrics()
  const line = body
    .split('\n')
    .find((one) => one.startsWith(`${name}{`) && labels.every((label) => one.includes(label)))
  return Number(line?.split(' ').at(-1) ?? 'NaN')
}

test('the gateway counts the requests, their time and the failures of each service (PLT-15, PLT-17)', async () => {
  for (let i = 0; i < 2; i++) await (await fetch(`${address}/api/v1/catalog/products`)).text()
  assert.equal((await fetch(`${address}/api/v1/orders`)).status, 503)
  assert.equal(await valueOf('posad_http_requests_total', 'route="shop"', 'status="200"'), 2)
  assert.equal(await valueOf('posad_http_requests_total', 'route="ordering"', 'status="503"'), 1)
  assert.equal(await valueOf('posad_http_request_duration_seconds_count', 'route="shop"'), 2)
  assert.equal(await valueOf('posad_upstream_requests_total', 'service="shop"', 'outcome="answered"'), 2)
  assert.equal(await valueOf('posad_upstream_requests_total', 'service="ordering"', 'outcome="no-answer"'), 1)
  assert.ok((await valueOf('posad_upstream_ejections_total', 'service="ordering"')) >= 1)
  assert.equal(await valueOf('posad_upstream_addresses', 'service="shop"', 'state="available"'), 1)
  assert.equal(await valueOf('posad_upstream_running_requests', 'service="shop"'), 0)
})

test('the metrics of the gateway are on a port of their own, for the bearer of the token (PLT-17, F-42)', async () => {
  assert.equal((await fetch(`${address}/metrics`, { headers: { authorization: `Bearer ${token}` } })).status, 404)
  assert.equal((await readMetrics('Bearer sesame-sesame-sesame-2')).statusCode, 401)
  assert.equal((await own.server.inject('/health')).statusCode, 404)
})
