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
const page = join(root, 'docs/benchmarks.md')

/** The machine and the versions of a run: a name and a value each. */
export type Environment = readonly (readonly [name: string, value: string])[]

/** Describes the machine, the server and the versions. */
export async function environmentOf(cluster: Cluster): Promise<Environment> {
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

/** Writes docs/benchmarks.md. Bars that were not measured now keep their rows, with the day of their measurement. */
export async function writeReport(rows: readonly Row[], environment: Environment): Promise<void> {
  const measured = new Date().toISOString().slice(0, 10)
  const table = [
    ...rows.map((row) => `| ${Object.values({ ...shownRow(row), measured }).join(' | ')} |`),
    ...savedRows(rows.map(({ id }) => id)),
  ]
  const byBar = Map.groupBy(table, barOf)
  const bars = [...byBar.keys()].toSorted()
  const text = [
    '# Benchmarks',
    '',
    '`npm run bench -- --write` writes this page. The database, the server and the load share the machine; the load runs in its',
    'own process. Rate limits are off. PostgreSQL runs with fsync, so every commit is on disk before it is confirmed.',
    'Machines differ, so a bar that is a ratio compares two measurements of the same run. The last run:',
    '',
    ...environment.map(([name, value]) => `- ${name}: ${value}`),
    '',
    '| id | measurement | value | bar | ratio | reached | note | measured |',
    '|---|---|---|---|---|---|---|---|',
    ...bars.flatMap((bar) => byBar.get(bar) ?? []),
    '',
    '## Method',
    '',
    '- **PERF-1** The app serves HTTP; events and jobs do not run. The driver records the statements of one order of each of 32',
    '  buyers, and pgbench repeats them with one client for each buyer. Without pgbench a Node program repeats them, and the',
    '  table says so. The rounds of both alternate.',
    '- **PERF-2** The whole app runs in one process, with payments and deliveries on `auto`. An order ends with the commit that',
    '  fulfils it, by the commit timestamp of PostgreSQL. The steady run sends 100 orders per second on time, even while earlier',
    '  ones wait for a response.',
    '- **PERF-3** The rounds of the cached read and of the empty route alternate. Every list filters by another price, so that no',
    '  list is cached. The cards of the products are, as far as the cache has room.',
    '- **PERF-4** One SQL statement inserts the events before the clock starts. The delay is the time from an order to its effect.',
    '- **PERF-5** One client sends one request after another, and every list filters by another price, so that no list is cached.',
    '  Pages beyond an offset of 1,000 of a filtered list have cursors only: the answer to such an offset says so.',
    '- **PERF-7** The grid has ten seeds of 2,000 ticks and couriers of the speeds 1, 2 and 3; orders that still wait count with their',
    '  time until the end. The shop has three seeds of six hours, one store in a circle of 4 km, bikes at 15 km/h with a detour of',
    '  1.3, and three minutes at each customer. The instances of Li and Lim are not part of the repository.',
    '- **PERF-8** `posad start` runs in an empty directory and once more, each time until the product list responds. Memory that',
    '  processes share is counted once (PSS).',
    '- **CHECKOUT** Each buyer puts two items into the cart, orders, pays, looks at the order until it is paid, and begins again.',
    '  HTTP, events and jobs run in one process; a shipment waits for staff. `pg_stat_statements` counts the statements of one',
    '  buyer, without begin, set and commit; the transaction ids that PostgreSQL assigned are the commits that write. The',
    '  requests are counted while no events run, and the background is the rest of a whole checkout. The floor repeats the',
    '  statements that name the buyer, the variants or the order, with one client for each of 32 buyers.',
    '- **CAT-12** `posad catalog import` and `export` run as programs of their own. Linux keeps the peak of their memory (VmHWM).',
    '- **CAT-13** Eight buyers hold five of the same twelve variants in every order. The rounds with and without cancellations',
    '  alternate.',
    '',
    readFileSync(join(import.meta.dirname, 'profiles.md'), 'utf8'),
  ].join('\n')
  await writeFile(page, text)
  await promisify(execFile)(join(root, 'node_modules/.bin/oxfmt'), [page])
}

const barOf = (row: string): string => row.split('|')[1]?.trim() ?? ''

/** The rows of the page, except those of bars that were measured now. */
const savedRows = (measured: readonly string[]): readonly string[] =>
  readFileSync(page, 'utf8')
    .split('\n')
    .filter((line) => /^\| [A-Z]+(-\d+)? /.test(line) && !measured.includes(barOf(line)))
