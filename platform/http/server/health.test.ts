import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import {
  expectResponse,
  openTestApi,
  responseOf,
  testDatabase,
  type TestApi,
  type TestDatabase,
} from '#platform/testing'
import { openGate } from '../testing.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

const get = async (api: TestApi, url: string) => responseOf(`GET ${url}`, await api.http.inject(url))
const Status = Type.Object({ status: Type.String() })
const Readiness = Type.Object({ status: Type.String(), degraded: Type.Array(Type.String()) })

test('the shop says that it is healthy, at every address where it is asked (rule 13)', async () => {
  const api = await openTestApi([], { name: 'posad', version: '1.2.3' })
  for (const prefix of ['', '/api/v1', '/admin']) {
    const health = expectResponse(await get(api, `${prefix}/health`), 200)
    assert.deepEqual(health, { status: 'healthy', service: 'posad', version: '1.2.3' })
    assert.equal(expectResponse(await get(api, `${prefix}/health/db`), 200, Status).status, 'healthy')
    expectResponse(await get(api, `${prefix}/health/ready`), 200, Readiness)
  }
  assert.equal(expectResponse(await get(api, '/health/redis'), 200, Status).status, 'disabled')
  await api.close()
})

test('without Redis the shop is ready but degraded, without its database it is not ready (rule 13)', async () => {
  const away = () => Promise.reject(new Error('away'))
  const hung = () => new Promise(() => {})
  const degraded = await openTestApi([], { health: { redis: away, broker: async () => {}, storage: hung } })
  const ready = expectResponse(await get(degraded, '/health/ready'), 200, Readiness)
  assert.deepEqual(ready.degraded, ['redis', 'storage'])
  assert.equal(expectResponse(await get(degraded, '/health/redis'), 503, Status).status, 'unhealthy')
  await degraded.close()
  const broken = await openTestApi([], { health: { db: away } })
  const refused = await get(broken, '/health/ready')
  assert.equal(expectResponse(refused, 503, Readiness).status, 'unhealthy')
  assert.equal(refused.headers['retry-after'], '1')
  expectResponse(await get(broken, '/health'), 200)
  await broken.close()
})

test('requests for health that come together share one probe, and the next gets a new one (F-42)', async () => {
  const gate = openGate()
  let probes = 0
  const db = async () => {
    probes++
    await gate.pass()
  }
  const api = await openTestApi([], { health: { db } })
  const answers = ['/health/ready', '/api/v1/health/ready', '/health/db'].map((url) => get(api, url))
  const more = Array.from({ length: 100 }, () => get(api, '/health/ready'))
  await gate.reached
  gate.open()
  for (const answer of await Promise.all([...answers, ...more])) expectResponse(answer, 200)
  assert.equal(probes, 1)
  await get(api, '/health/ready')
  assert.equal(probes, 2)
  await api.close()
})
