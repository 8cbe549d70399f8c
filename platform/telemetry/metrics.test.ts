import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './index.ts'

const about = { service: 'posad', version: '1.2.3' }

test('Prometheus reads the process, the event loop and the requests (PLT-17)', async () => {
  const metrics = createMetrics(about)
  metrics.requests.inc({ method: 'GET', route: '/api/v1/orders/:id', status: '200' })
  metrics.latency.observe({ method: 'GET', route: '/api/v1/orders/:id' }, 0.003)
  const page = await metrics.text()
  assert.match(page, /^nodejs_eventloop_lag_p99_seconds\{service="posad"\} /m)
  assert.match(page, /^process_resident_memory_bytes\{/m)
  assert.match(page, /^posad_info\{version="1.2.3",service="posad"\} 1$/m)
  assert.match(
    page,
    /^posad_http_requests_total\{method="GET",route="\/api\/v1\/orders\/:id",status="200",service="posad"\} 1$/m,
  )
  assert.match(page, /^posad_http_request_duration_seconds_bucket\{le="0.005",.*\} 1$/m)
})

test('a metric is read on each request, and a vanished label disappears (PLT-17)', async () => {
  const metrics = createMetrics(about)
  const groups = new Map([['ordering', 3]])
  let hits = 10
  metrics.watch({
    name: 'outbox_lag_events',
    help: 'Events not yet handled',
    labels: ['group'],
    read: () => [...groups].map(([group, value]) => ({ labels: { group }, value })),
  })
  metrics.watch({ name: 'cache_hits_total', help: 'Hits', kind: 'counter', read: () => [{ value: hits }] })
  assert.match(await metrics.text(), /^posad_outbox_lag_events\{group="ordering",service="posad"\} 3$/m)
  groups.delete('ordering')
  groups.set('payments', 1)
  hits = 12
  const page = await metrics.text()
  assert.doesNotMatch(page, /group="ordering"/)
  assert.match(page, /^posad_outbox_lag_events\{group="payments",service="posad"\} 1$/m)
  assert.match(page, /^# TYPE posad_cache_hits_total counter\nposad_cache_hits_total\{service="posad"\} 12$/m)
})

test('a metric that fails or hangs hides only itself and is counted (PLT-17)', async () => {
  const metrics = createMetrics(about)
  metrics.watch({ name: 'broken', help: 'x', read: () => Promise.reject(new Error('the database is away')) })
  metrics.watch({ name: 'hanging', help: 'x', read: () => new Promise(() => {}) })
  metrics.watch({ name: 'good', help: 'x', read: () => [{ value: 7 }] })
  await metrics.text()
  const page = await metrics.text()
  assert.match(page, /^posad_good\{service="posad"\} 7$/m)
  assert.doesNotMatch(page, /^posad_(broken|hanging)\{/m)
  assert.match(page, /^posad_metric_failures_total\{metric="posad_broken",service="posad"\} [12]$/m)
  assert.match(page, /^posad_metric_failures_total\{metric="posad_hanging",service="posad"\} [12]$/m)
})

test('two sets of metrics in one process are independent', async () => {
  const [one, other] = [createMetrics(about), createMetrics(about)]
  one.requests.inc({ method: 'GET', route: '/', status: '200' })
  assert.doesNotMatch(await other.text(), /^posad_http_requests_total\{/m)
})
