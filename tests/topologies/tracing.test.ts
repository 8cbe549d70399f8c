import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePort } from '#platform/db'
import { openFakeCollector, type FakeCollector } from '#platform/telemetry/testing'
import { eventually, expectResponse, testDatabase, type TestDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { serviceNames } from '../../apps/services/services.ts'
import { senderTo } from '../e2e/http-client.ts'
import { firstOf, orderBecomes, press, registerCustomer, toCourier } from '../e2e/purchase-steps.ts'
import { secrets } from '../e2e/secrets.ts'
import { spawnPosad, temporaryDirectory } from '../start/shop-process.ts'

let database: TestDatabase
let collector: FakeCollector
before(async () => {
  database = await testDatabase({ size: 2 })
  collector = await openFakeCollector()
})
after(async () => {
  await collector.close()
  await database.close()
})

/** Starts the services in two processes and the gateway in a third one, and waits until all of them are ready. */
async function startProcesses(): Promise<string> {
  const ports = new Map(await Promise.all(serviceNames.map(async (name) => [name, await freePort()] as const)))
  const port = await freePort()
  const environment = {
    ...secrets,
    DATABASE_URL: database.url,
    MIGRATE_ON_START: 'false',
    SERVICE_SECRET: 'the secret that all services of the shop share',
    POSAD_DATA: temporaryDirectory(),
    DEMO_DATA: 'true',
    DB_POOL_SIZE: '2',
    DB_MAX_OVERFLOW: '3',
    LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    ...Object.fromEntries(Array.from(ports, ([name, own]) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${own}`])),
  }
  const started = [...ports].map(([name, own]) => spawnPosad(`start ${name}`, { ...environment, APP_PORT: `${own}` }))
  started.push(spawnPosad('gateway', { ...environment, APP_PORT: `${port}` }))
  const address = `http://127.0.0.1:${port}`
  await eventually(
    async () => {
      const response = await fetch(`${address}/health`).catch(() => undefined)
      const states = ((await response?.json()) as { services?: object } | undefined)?.services ?? {}
      const ready = Object.values(states).filter((state) => state === 'healthy')
      assert.equal(ready.length, serviceNames.length, started.map(({ output }) => output()).join('\n'))
    },
    { within: minutes(1.5), every: 250 },
  )
  return address
}

test('a checkout is one trace over six processes (PLT-14, PLT-18)', { timeout: minutes(3) }, async () => {
  const address = await startProcesses()
  const shop = { send: senderTo(address), address }
  const { access_token: as } = await registerCustomer(shop)
  const { variant_id } = await firstOf(shop, 'teas')
  const trace_id = crypto.randomUUID().replaceAll('-', '')
  const headers = { traceparent: `00-${trace_id}-00f067aa0ba902b7-01` }
  const body = { ...toCourier, items: [{ variant_id, quantity: 1 }] }
  const { id } = expectResponse(await shop.send(as, 'POST /orders', { body, headers }), 201) as { id: string }
  await orderBecomes(shop, { id, as }, 'processing', 20_000)
  await press(shop, id, 'approve')
  await orderBecomes(shop, { id, as }, 'shipping', 20_000)

  await eventually(
    () => {
      const trace = collector.spans().filter((span) => span.trace_id === trace_id)
      const services = new Set(trace.map(({ service }) => service))
      assert.deepEqual([...services].toSorted(), ['auth', 'delivery', 'gateway', 'ordering', 'payments', 'shop'])
      const ids = new Set([...trace.map(({ span_id }) => span_id), '00f067aa0ba902b7'])
      const orphans = trace.filter(({ parent_id }) => !ids.has(parent_id ?? ''))
      assert.deepEqual(
        orphans.map(({ name }) => name),
        [],
      )
    },
    { within: 15_000 },
  )
})
