import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import type { Cluster } from './bench-app.ts'
import { shownRow, type Row } from './row.ts'

const root = join(import.meta.dirname, '..')

/** What the figures were measured on. */
export type Circumstances = readonly (readonly [what: string, is: string])[]

/** Asks the machine and a server. */
export async function circumstancesOf(cluster: Cluster): Promise<Circumstances> {
  const client = new Client({ connectionString: cluster.url('postgres') })
  await client.connect()
  const show = async (setting: string) => Object.values((await client.query(`show ${setting}`)).rows[0]).join('')
  const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size']
  const shown = await settings.reduce<Promise<string[]>>(
    async (before, setting) => [...(await before), `${setting} ${await show(setting)}`],
    Promise.resolve([]),
  )
  const version = await show('server_version')
  await client.end()
  const [cpu] = cpus()
  return [
    ['date', new Date().toISOString().slice(0, 10)],
    [
      'machine',
      `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()}`,
    ],
    ['load average over the last 15 minutes', (loadavg()[2] ?? 0).toFixed(1)],
    ['node', process.version],
    ['PostgreSQL', `${version}: ${shown.join(', ')}`],
    ['pg', versionOf('pg')],
    ['fastify', versionOf('fastify')],
  ]
}

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version

/** Writes docs/benchmarks.md. */
export async function writeReport(rows: readonly Row[], circumstances: Circumstances): Promise<void> {
  const table = rows.map((row) => `| ${Object.values(shownRow(row)).join(' | ')} |`)
  const text = [
    '# Benchmarks',
    '',
    'Written by `npm run bench -- --write`. Database, server and load share the machine, the load runs in a process of its own,',
    'limits on callers are off, and every figure is of a PostgreSQL that writes to the disk before it says yes.',
    'Machines differ: a bar that is a ratio compares with something measured in the same run.',
    '',
    ...circumstances.map(([what, is]) => `- ${what}: ${is}`),
    '',
    '| id | what | figure | bar | ratio | reached | note |',
    '|---|---|---|---|---|---|---|',
    ...table,
    '',
    '## How they are measured',
    '',
    '- **PERF-1** The house serves HTTP and hears nothing, as the database alone has nothing to hear either. The statements of',
    '  one order of each of 32 buyers are recorded at the driver and replayed by pgbench, one client for each buyer; without',
    '  pgbench a Node program replays them, and the table says so. Rounds of both take turns.',
    '- **PERF-2** The whole house in one process, payments and deliveries on `auto`. An order ends with the commit that fulfils',
    '  it, as PostgreSQL time-stamps it. The calm run sends 100 orders a second at their time, whatever came of earlier ones.',
    '- **PERF-3** The cached read and the empty route take turns. Every list asks for another price, so that none is cached.',
    '- **PERF-4** Events are told by SQL before the clock starts; the delay is from an order to its effect.',
    '- **PERF-8** `posad start` in an empty directory and once more, until the product list answers. Memory that processes share',
    '  is counted once (PSS).',
    '',
  ].join('\n')
  const path = join(root, 'docs/benchmarks.md')
  await writeFile(path, text)
  await promisify(execFile)(join(root, 'node_modules/.bin/oxfmt'), [path])
}
