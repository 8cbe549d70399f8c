/** A measurement of docs/benchmarks.md: its number, without its unit, and its note. */
type Measured = Readonly<{ value: number; note: string }>

/** Machines have peaks and neighbours: a capacity counts half of what was measured. */
const usableShare = 0.5
const checkoutRates = [1, 10, 50, 100, 500, 1000]
const readRates = [100, 1000, 10_000, 100_000]

/** The page `docs/guides/capacity.md`: every number is from the benchmarks, from a default, or computed from them. */
export function capacityPage(benchmarks: string, settings: string): string {
  const rows = measuredRows(benchmarks)
  const of = (measurement: string): Measured => {
    const found = rows.get(measurement)
    if (!found) throw new Error(`docs/benchmarks.md has no row "${measurement}": correct scripts/capacity.ts`)
    return found
  }
  const checkout = {
    node: of('CPU time of a checkout: Node').value,
    postgres: of('CPU time of a checkout: PostgreSQL').value,
    statements: of('statements of a whole checkout').value,
    commits: of('commits of a whole checkout').value,
  }
  const list = listCosts(of('product lists with filters, uncached, over 1,000 products, 32 connections').note)
  const cached = of('a product read from the cache, against an empty route').value
  const memory = of('memory of the idle Node process (RSS)').value
  return [
    ...intro(benchmarks),
    '## Checkouts',
    '',
    `A whole checkout costs ${checkout.node} ms of a core in Node and ${checkout.postgres} ms in PostgreSQL, ${checkout.statements} statements and ${checkout.commits} commits.`,
    '',
    ...tableOf(
      ['checkouts a second at the peak', 'cores for Node', 'cores for PostgreSQL', 'commits a second'],
      checkoutRates.map((rate) => [
        shown(rate),
        shown(coresOf(rate, checkout.node)),
        shown(coresOf(rate, checkout.postgres)),
        shown(Math.ceil(rate * checkout.commits)),
      ]),
    ),
    '',
    '## Reads',
    '',
    `An uncached list with filters costs ${list.node} ms in Node and ${list.postgres} ms in PostgreSQL. One process answered ${shown(cached)} cached reads a second.`,
    '',
    ...tableOf(
      ['reads a second at the peak', 'uncached: cores for Node', 'uncached: cores for PostgreSQL', 'cached: processes'],
      readRates.map((rate) => [
        shown(rate),
        shown(coresOf(rate, list.node)),
        shown(coresOf(rate, list.postgres)),
        shown(Math.ceil(rate / (cached * usableShare))),
      ]),
    ),
    '',
    '## Processes, memory and connections',
    '',
    `- A Node process uses one core for JavaScript: start as many as the table has cores for Node (\`WORKERS_COUNT\`, or copies of a service).`,
    `- An idle process takes ${shown(memory)} MB. Its caches and its requests come on top: watch \`process_resident_memory_bytes\`.`,
    `- With the defaults a process opens up to ${connectionsOf(settings)} connections to PostgreSQL: \`DB_POOL_SIZE\` and \`DB_MAX_OVERFLOW\`, \`WORKER_CONCURRENCY\` + 2 for jobs, and 2 for events and the cache. Keep the sum below \`max_connections\`.`,
    '- The disk: `manifest.json` of a [backup](run.md#backup) has the rows and bytes of every table of your own shop.',
    '',
    ...path,
  ].join('\n')
}

const intro = (benchmarks: string): readonly string[] => [
  '# Capacity',
  '',
  '`npm run docs` computes this page from [the benchmarks](../benchmarks.md). It counts half of each core: the other half is for peaks,',
  'for jobs and for work that the benchmarks do not have, such as images and TLS. Measured on:',
  '',
  ...['date', 'machine', 'node', 'PostgreSQL'].map((name) => lineOf(benchmarks, name)),
  '',
]

const path = [
  '## Beyond one machine',
  '',
  '1. **One process** over the embedded PostgreSQL, then over your own (`DATABASE_URL`): a managed PostgreSQL 18 needs the extension',
  '   `pg_trgm` and a user who owns the database. Put the cores of the table there first.',
  '2. **More processes over one database**: `WORKERS_COUNT`, or copies behind a gateway. They keep nothing that others need; the groups of',
  '   events are shared among them. `REDIS_URL` shares the cache, `S3_ENDPOINT` the files.',
  '3. **Services** ([guide](run-as-services.md)): the parts of the shop scale apart from each other.',
  '4. **A database for each service** (`DATABASE_URL_<SERVICE>`) with RabbitMQ or Kafka between them, when one PostgreSQL has no more cores.',
  '   A service is then the unit: its tables are in one database. The log is partitioned by day.',
  '',
  'Citus may stand behind `DATABASE_URL_<SERVICE>` as any PostgreSQL does, with the tables of a service on its coordinator; distributed',
  'tables are not tried. Reads from replicas are not part of this version.',
  '',
]

/** The rows of the first table by measurement. */
function measuredRows(benchmarks: string): ReadonlyMap<string, Measured> {
  const rows = Array.from(benchmarks.matchAll(/^\| [A-Z]+(?:-\d+)? +\|(.*)\|$/gm), ([, cells = '']) =>
    cells.split('|').map((cell) => cell.trim()),
  )
  return new Map(
    rows.map(([measurement = '', value = '', , , , note = '']) => [
      measurement,
      { value: Number(value.split(' ', 1)[0]?.replaceAll(',', '')), note },
    ]),
  )
}

function listCosts(note: string) {
  const [, node, postgres] = /Node ([\d.]+) ms, PostgreSQL ([\d.]+) ms/.exec(note) ?? []
  if (node === undefined || postgres === undefined)
    throw new Error('docs/benchmarks.md has no CPU time of a list: correct scripts/capacity.ts')
  return { node: Number(node), postgres: Number(postgres) }
}

const coresOf = (rate: number, milliseconds: number): number => (rate * milliseconds) / 1000 / usableShare

function connectionsOf(settings: string): number {
  const defaultOf = (name: string) => Number(new RegExp(`^#? ?${name}=(\\d+)$`, 'm').exec(settings)?.[1])
  return defaultOf('DB_POOL_SIZE') + defaultOf('DB_MAX_OVERFLOW') + defaultOf('WORKER_CONCURRENCY') + 2 + 2
}

const lineOf = (benchmarks: string, name: string): string =>
  benchmarks.split('\n').find((line) => line.startsWith(`- ${name}: `)) ?? `- ${name}: unknown`

/** Two digits are as exact as the measurement. */
const shown = (value: number): string =>
  value.toLocaleString('en', value < 10 ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: 0 })

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
