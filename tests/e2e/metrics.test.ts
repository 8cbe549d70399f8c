import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '#platform/testing'
import { readExpressions } from '../deploy/monitoring.ts'
import { readPromql } from '../deploy/promql.ts'
import { hasOneDatabase, openShop, topology, type Shop } from './open-shop.ts'
import { firstOf, orderBecomes, placeOrder, toPickup } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop()
})
after(() => shop.close())

/** Everything that PLT-17 names, in its order. */
const names = [
  'posad_http_requests_total',
  'posad_http_request_duration_seconds_bucket',
  'posad_db_connections',
  'posad_outbox_lag_events',
  'posad_outbox_lag_seconds',
  'posad_outbox_dead',
  'posad_sagas',
  'posad_holds',
  'posad_payments',
  'posad_cache_reads_total',
  'posad_jobs',
  'posad_job_attempts_total',
  'posad_dispatch_grid_orders',
  'posad_dispatch_open_parcels',
  'nodejs_eventloop_lag_p99_seconds',
  'posad_invariant_violations',
  'posad_log_events_total',
  'posad_circuit_open',
]

// The gateway does not forward `/metrics`.
const skip = topology === 'one' && hasOneDatabase ? false : 'reads the metrics of one process'

test('the metrics have everything that an operator watches (PLT-17)', { skip }, async () => {
  const as = await shop.customer()
  const { variant_id } = await firstOf(shop, 'teas')
  const { id } = await placeOrder(shop, as, { ...toPickup, items: [{ variant_id, quantity: 1 }] })
  await orderBecomes(shop, { id, as }, 'processing')
  await eventually(async () => {
    const text = await (await fetch(`${shop.address}/metrics`)).text()
    const missing = names.filter((name) => !new RegExp(`^(# HELP )?${name}[{ ]`, 'm').test(text))
    assert.deepEqual(missing, [])
    for (const sample of [
      'posad_sagas{type="ordering.checkout"',
      'posad_holds{state="held"',
      'posad_payments{status="p',
    ])
      assert.ok(text.includes(sample), sample)
    assert.doesNotMatch(text, /^posad_metric_failures_total\{/m, 'every metric can be read')
  })
})

test('the app exports every metric that an alert or the dashboard reads (PLT-17)', { skip }, async () => {
  const text = await (await fetch(`${shop.address}/metrics`)).text()
  const exported = new Set([...text.matchAll(/^# HELP (\S+) /gm)].map(([, name]) => name))
  for (const [place, expression] of readExpressions())
    for (const metric of readPromql(expression).metrics)
      assert.ok(metric === 'up' || exported.has(metric.replace(/_bucket$/, '')), `${place}: ${metric}`)
})
