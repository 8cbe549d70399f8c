import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createMetrics, openLogs } from '#platform/telemetry'
import { anna, bearer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { createTeaShop, teaShop } from './tea-shop.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
})
after(() => database.close())

test('the shop says that it is well, in all the places where it is asked (rule 13)', async () => {
  const http = await testServer([], { db: database.db, name: 'posad', version: '1.2.3' })
  for (const prefix of ['', '/api/v1', '/admin']) {
    const health = await http.inject(`${prefix}/health`)
    assert.deepEqual(health.json(), { status: 'healthy', service: 'posad', version: '1.2.3' })
    assert.equal((await http.inject(`${prefix}/health/db`)).json<{ status: string }>().status, 'healthy')
    assert.equal((await http.inject(`${prefix}/health/ready`)).statusCode, 200)
  }
  assert.equal((await http.inject('/health/redis')).json<{ status: string }>().status, 'disabled')
  await http.close()
})

test('without Redis the shop is ready but degraded, without its database it is not (rule 13)', async () => {
  const away = () => Promise.reject(new Error('away'))
  const hung = () => new Promise(() => {})
  const degraded = await testServer([], {
    db: database.db,
    health: { redis: away, broker: async () => {}, storage: hung },
  })
  const ready = await degraded.inject('/health/ready')
  assert.deepEqual([ready.statusCode, ready.json<{ degraded: string[] }>().degraded], [200, ['redis', 'storage']])
  assert.equal((await degraded.inject('/health/redis')).statusCode, 503)
  await degraded.close()
  const blind = await testServer([], { db: database.db, health: { db: away } })
  const refused = await blind.inject('/health/ready')
  assert.deepEqual([refused.statusCode, refused.headers['retry-after']], [503, '1'])
  assert.equal((await blind.inject('/health')).statusCode, 200)
  await blind.close()
})

test('figures are for this machine and for whoever has the token (rule 13, A26)', async () => {
  const metrics = createMetrics({ service: 'posad', version: '1' })
  const http = await testServer([teaShop(database.db)], {
    db: database.db,
    metrics,
    settings: { metricsToken: 'sesame-sesame-1' },
  })
  await http.inject('/api/v1/teas/7')
  await http.inject('/api/v1/teas/7?secret=1')
  await http.inject('/api/v1/nowhere-to-be-found')
  const local = await http.inject('/metrics')
  assert.match(local.body, /posad_http_requests_total\{method="GET",route="\/api\/v1\/teas\/:id",status="200".*\} 1/)
  assert.match(local.body, /posad_http_request_duration_seconds_bucket\{le="0.5",.*route="\/api\/v1\/teas\/:id"/)
  assert.doesNotMatch(local.body, /nowhere-to-be-found|secret/)
  const ask = async (remoteAddress: string, headers: Record<string, string> = {}) =>
    (await http.inject({ url: '/metrics', remoteAddress, headers })).statusCode
  assert.equal(await ask('10.0.0.1'), 404)
  assert.equal(
    await ask('127.0.0.1', { 'x-forwarded-for': '1.2.3.4' }),
    404,
    'what a proxy here forwards is from elsewhere',
  )
  assert.equal(await ask('10.0.0.1', { authorization: 'Bearer sesame-sesame-1' }), 200)
  assert.equal(await ask('10.0.0.1', { authorization: 'Bearer sesame-sesame-2' }), 404)
  await http.close()
})

test('a log line says what was asked and how it ended, without query and token (PLT-16, A26)', async () => {
  const lines: string[] = []
  const logs = openLogs({
    service: 'posad',
    version: '1',
    level: 'info',
    format: 'json',
    to: { write: (line) => void lines.push(line) },
  })
  const http = await testServer([teaShop(database.db)], { db: database.db, log: logs('http') })
  const headers = { authorization: bearer(anna), 'x-request-id': 'kiosk-17' }
  await http.inject({ method: 'POST', url: '/api/v1/teas?token=abcdef', headers, payload: { grams: 1 } })
  await http.inject({ method: 'POST', url: '/api/v1/teas', headers, payload: { grams: 1 } })
  await http.inject({ url: '/api/v1/teas/7', headers })
  await http.inject({ url: '/api/v1/teas/500', headers })
  await http.close()
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
