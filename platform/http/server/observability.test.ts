import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createMetrics, openLogs } from '#platform/telemetry'
import {
  anna,
  expectProblem,
  expectResponse,
  guest,
  openTestApi,
  responseOf,
  testDatabase,
  type TestDatabase,
} from '#platform/testing'
import { createTeaShop, teaShop } from '../testing.ts'
import type { ServerSettings } from './server-settings.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
})
after(() => database.close())

const metrics = () => createMetrics({ service: 'posad', version: '1' })

test('metrics count requests by route, without what the caller made up (rule 13)', async () => {
  const api = await openTestApi([teaShop(database.db)], { metrics: metrics(), settings: { hasLocalMetrics: true } })
  await api.send(guest, 'GET /teas/7')
  await api.send(guest, 'GET /teas/7?secret=1')
  await api.send(guest, 'GET /nowhere-to-be-found')
  const { body } = await api.http.inject('/metrics')
  assert.match(body, /posad_http_requests_total\{method="GET",route="\/api\/v1\/teas\/:id",status="200".*\} 1/)
  assert.match(body, /posad_http_request_duration_seconds_bucket\{le="0.5",.*route="\/api\/v1\/teas\/:id"/)
  assert.doesNotMatch(body, /nowhere-to-be-found|secret/)
  await api.close()
})

async function openMetricsTest(settings: Partial<ServerSettings>) {
  const api = await openTestApi([teaShop(database.db)], { metrics: metrics(), settings })
  return {
    ask: async (remoteAddress: string, headers: Record<string, string> = {}) =>
      responseOf('GET /metrics', await api.http.inject({ url: '/metrics', remoteAddress, headers })),
    close: api.close,
  }
}
const bare = { host: '127.0.0.1:8000', connection: 'close' }

test('metrics with a token are for its bearers, also on this machine (F-42, A26)', async () => {
  const { ask, close } = await openMetricsTest({ metricsToken: 'sesame-sesame-1', hasLocalMetrics: true })
  expectResponse(await ask('10.0.0.1', { authorization: 'Bearer sesame-sesame-1' }), 200)
  expectProblem(await ask('10.0.0.1', { authorization: 'Bearer sesame-sesame-2' }), 401, 'metrics-token-required')
  // nginx with a plain proxy_pass sends what a program on this machine would send.
  const refused = await ask('127.0.0.1', bare)
  assert.match(expectProblem(refused, 401, 'metrics-token-required').detail, /METRICS_TOKEN/)
  assert.equal(refused.headers['www-authenticate'], 'Bearer realm="metrics"')
  await close()
})

test('metrics without a token are for this machine, where nothing suggests a proxy (F-42, A26)', async () => {
  const { ask, close } = await openMetricsTest({ hasLocalMetrics: true })
  for (const host of ['127.0.0.1:8000', 'localhost', '[::1]:8000'])
    expectResponse(await ask('127.0.0.1', { host }), 200)
  expectProblem(await ask('10.0.0.1', bare), 401, 'metrics-token-required')
  expectProblem(
    await ask('127.0.0.1', { authorization: 'Bearer ', host: 'shop.example' }),
    401,
    'metrics-token-required',
  )
  for (const name of ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'x-real-ip', 'via'])
    expectProblem(await ask('127.0.0.1', { ...bare, [name]: '1.2.3.4' }), 401, 'metrics-token-required')
  await close()
  for (const settings of [{}, { hasLocalMetrics: true, trustedProxies: ['127.0.0.1'] }]) {
    const closed = await openMetricsTest(settings)
    expectProblem(await closed.ask('127.0.0.1', bare), 401, 'metrics-token-required')
    expectProblem(await closed.ask('127.0.0.1', { ...bare, authorization: 'Bearer ' }), 401, 'metrics-token-required')
    await closed.close()
  }
})

test('a log line says the request and its result, without query and token (PLT-16, A26)', async () => {
  const lines: string[] = []
  const logs = openLogs({
    service: 'posad',
    version: '1',
    level: 'info',
    format: 'json',
    to: { write: (line) => void lines.push(line) },
  })
  const api = await openTestApi([teaShop(database.db)], { log: logs('http') })
  const headers = { 'x-request-id': 'kiosk-17' }
  await api.send(anna, 'POST /teas?token=abcdef', { headers, body: { grams: 1 } })
  await api.send(anna, 'POST /teas', { headers, body: { grams: 1 } })
  await api.send(anna, 'GET /teas/7', { headers })
  await api.send(anna, 'GET /teas/500', { headers })
  await api.close()
  const read = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const answered = read.filter(({ message }) => message === 'answered')
  assert.deepEqual(
    answered.map(({ level, action, path, status }) => [level, action, path, status]),
    [
      ['info', 'POST /api/v1/teas', '/api/v1/teas', 400],
      ['info', 'POST /api/v1/teas', '/api/v1/teas', 201],
      ['warn', 'GET /api/v1/teas/:id', '/api/v1/teas/500', 500],
    ],
  )
  const [refused, sold] = answered
  assert.deepEqual([sold?.['request_id'], sold?.['user_id']], ['kiosk-17', anna.user_id])
  assert.equal(refused?.['request_id'], 'kiosk-17')
  assert.match(String(sold?.['trace_id']), /^[\da-f]{32}$/)
  assert.equal(typeof sold?.['duration_ms'], 'number')
  assert.ok(read.some(({ level, message }) => level === 'error' && message === 'internal-error'))
  assert.doesNotMatch(lines.join(''), /abcdef|secret@host/)
})
