import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { stringify } from 'yaml'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'
import { openShop, topology, type Shop } from '../e2e/open-shop.ts'
import { deployPath } from './compose.ts'
import { readExpressions } from './monitoring.ts'

const isHere = existsSync('/usr/bin/prometheus') && topology === 'one'
const skip = isHere ? false : 'needs Prometheus: apt-get install prometheus'

let shop: Shop
let prometheus: string
let stop: () => Promise<unknown>

/** Prometheus with the rules of the deploy files, which reads the metrics of a running shop every two seconds. */
before(async () => {
  if (!isHere) return
  const directory = await mkdtemp(join(tmpdir(), 'posad-prometheus-'))
  shop = await openShop({ METRICS_TOKEN: 'a-token-of-the-tests-0123456789' })
  const file = join(directory, 'prometheus.yml')
  const target = { targets: [new URL(shop.address).host] }
  const config = {
    global: { scrape_interval: '2s', evaluation_interval: '1s' },
    rule_files: [deployPath('monitoring/alerts.yml')],
    scrape_configs: [
      {
        job_name: 'posad',
        authorization: { credentials: 'a-token-of-the-tests-0123456789' },
        static_configs: [target],
      },
    ],
  }
  await writeFile(file, stringify(config))
  const port = await freePort()
  prometheus = `http://127.0.0.1:${port}`
  const server = spawn(
    '/usr/bin/prometheus',
    [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  )
  stop = async () => {
    server.kill()
    await once(server, 'exit')
    await rm(directory, { recursive: true, force: true })
  }
})
after(async () => {
  await stop?.()
  await shop?.close()
})

type Answer = Readonly<{
  status: string
  error?: string
  data: Readonly<{ result: readonly object[]; groups: readonly Readonly<{ rules: readonly Rule[] }>[] }>
}>
type Rule = Readonly<{ name: string; health: string; lastError?: string; state: string }>

const read = async (path: string) => (await (await fetch(`${prometheus}/api/v1/${path}`)).json()) as Answer
const query = (expression: string) => read(`query?query=${encodeURIComponent(expression)}`)

test('promtool accepts the configuration and the alert rules (PLT-19)', { skip }, () => {
  const check = (...args: readonly string[]) => {
    const { status, stdout, stderr } = spawnSync('/usr/bin/promtool', ['check', ...args], { encoding: 'utf8' })
    assert.equal(status, 0, `${stdout}${stderr}`)
  }
  check('config', '--syntax-only', deployPath('monitoring/prometheus.yml'))
  check('rules', deployPath('monitoring/alerts.yml'))
})

test(
  'Prometheus reads the shop with the token, and evaluates every query of the dashboard and every alert (PLT-19)',
  { skip },
  async () => {
    await eventually(async () => assert.equal((await query('up{job="posad"} == 1')).data.result.length, 1), {
      within: 30_000,
    })
    for (const [place, expression] of readExpressions()) {
      const { status, error } = await query(expression)
      assert.equal(status, 'success', `${place}: ${error}`)
    }
    await eventually(async () => {
      const rules = (await read('rules')).data.groups.flatMap((group) => group.rules)
      assert.ok(rules.length > 10)
      for (const { name, health, lastError } of rules) assert.equal(health, 'ok', `${name}: ${lastError}`)
    })
  },
)

/** A machine that is busy with other tests raises these. */
const ofSlowMachine = new Set(['EventLoopBlocked', 'RequestsSlow', 'PoolTooSmall'])

test('a running shop raises no alert (PLT-17)', { skip }, async () => {
  assert.equal((await query('up{job="posad"} == 1')).data.result.length, 1)
  const rules = (await read('rules')).data.groups.flatMap((group) => group.rules)
  for (const name of ofSlowMachine)
    assert.ok(
      rules.some((rule) => rule.name === name),
      name,
    )
  const raised = rules.filter(({ state }) => state !== 'inactive').map(({ name }) => name)
  assert.deepEqual(
    raised.filter((name) => !ofSlowMachine.has(name)),
    [],
  )
})
