import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { services as ownServices } from '../../apps/services/services.ts'
import { deployPath, readCompose, readDeploy } from './compose.ts'
import { readAlerts, readExpressions, readPanels } from './monitoring.ts'
import { readPromql } from './promql.ts'

test('Prometheus can parse every expression of the alerts and the dashboard (PLT-17)', () => {
  for (const [place, expression] of readExpressions()) assert.doesNotThrow(() => readPromql(expression), place)
  assert.throws(() => readPromql('sum by (service (posad_jobs)'))
})

test('each alert says what is wrong, and whether it wakes a person (PLT-17)', () => {
  const alerts = readAlerts()
  assert.equal(new Set(alerts.map(({ alert }) => alert)).size, alerts.length)
  for (const { alert, labels, annotations } of alerts) {
    assert.match(labels.severity, /^(page|ticket)$/, alert)
    assert.ok(annotations.summary.length > 20, alert)
  }
})

test('every metric that the guide calls worth an alarm has an alert (PLT-17)', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/run.md'), 'utf8')
  const worth = [...guide.matchAll(/^\| `(posad_\w+)/gm)].map(([, metric = '']) => metric)
  assert.ok(worth.length >= 9)
  const watched = new Set(
    readAlerts().flatMap(({ expr }) => readPromql(expr).metrics.map((name) => name.replace(/_bucket$/, ''))),
  )
  for (const metric of worth) assert.ok(watched.has(metric), metric)
})

test('a label of an alert comes from its expression, or from every metric (PLT-17)', () => {
  for (const { alert, expr, annotations } of readAlerts()) {
    const used = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label)
    const kept = new Set([...readPromql(expr).labels, ...(/\bby\b/.test(expr) ? [] : ['service', 'instance'])])
    for (const label of used) assert.ok(kept.has(label ?? ''), `${alert}: ${label}`)
  }
})

test('Prometheus reads each service, and the shop in one process, with the token of the metrics (PLT-17, PLT-19)', () => {
  type Target = { names: string[]; port: number }
  const { scrape_configs } = parse(readDeploy('monitoring/prometheus.yml')) as {
    scrape_configs: { authorization: { credentials_file: string }; dns_sd_configs: Target[] }[]
  }
  const targets = scrape_configs[0]?.dns_sd_configs.flatMap(({ names, port }) => names.map((name) => [name, port]))
  assert.deepEqual(Object.fromEntries(targets ?? []), {
    posad: 8000,
    ...Object.fromEntries(Object.entries(ownServices).map(([name, { port }]) => [name, port])),
  })
  assert.equal(scrape_configs[0]?.authorization.credentials_file, '/run/secrets/metrics_token')
  const takesToken = (file: string, name: string) =>
    'METRICS_TOKEN' in (readCompose(file).services[name]?.environment ?? {})
  assert.ok(takesToken('compose.yaml', 'posad'))
  for (const name of Object.keys(ownServices)) assert.ok(takesToken('compose.services.yaml', name), name)
})

test('the containers of monitoring gain no rights, have pinned images and their files, and only Grafana has a port (PLT-19)', () => {
  const { services, volumes } = readCompose('compose.monitoring.yaml')
  for (const [name, { image, security_opt, volumes: mounted = [] }] of Object.entries(services)) {
    assert.deepEqual(security_opt, ['no-new-privileges:true'], name)
    assert.match(image, /:v?\d/, name)
    for (const mount of mounted) {
      const [source = ''] = mount.split(':')
      // The sender of logs alone reads the socket of Docker.
      if (name === 'alloy' && source === '/var/run/docker.sock') continue
      assert.ok(source.startsWith('.') ? existsSync(deployPath(source)) : source in volumes, `${name}: ${source}`)
    }
  }
  assert.deepEqual(
    Object.values(services).flatMap(({ ports = [] }) => ports),
    ['127.0.0.1:3000:3000'],
  )
  const ids = readPanels().map(({ id }) => id)
  assert.equal(new Set(ids).size, ids.length)
})
