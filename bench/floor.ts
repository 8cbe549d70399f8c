import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { newId } from '#platform/values'
import type { Statement } from '#platform/testing'

/** The statements of one order, and the values that must be new at every run. */
export type Recording = Readonly<{ statements: readonly Statement[]; order_id: string; number: string }>

type Load = Readonly<{ url: string; seconds: number; round: number }>

/** Measures how often per second the database alone runs the recorded statements, with one client for each recording. */
export async function floorOf(
  recordings: readonly Recording[],
  load: Load,
): Promise<Readonly<{ perSecond: number; driver: 'pgbench' | 'Node' }>> {
  const pgbench = findPgbench()
  if (pgbench !== undefined) return { perSecond: await byPgbench(pgbench, recordings, load), driver: 'pgbench' }
  const counts = await Promise.all(recordings.map((recording) => byNode(recording, load)))
  return { perSecond: sumOf(counts) / load.seconds, driver: 'Node' }
}

function findPgbench(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const debian = ['18', '17', '16', '15', '14'].map((version) => `/usr/lib/postgresql/${version}/bin`)
  return [...folders, ...debian].map((folder) => join(folder, 'pgbench')).find((path) => existsSync(path))
}

/**
 * Runs one pgbench process for each client with prepared statements, because each buyer's cart needs its own script. A
 * shell starts them together, faster than this process can.
 */
async function byPgbench(
  pgbench: string,
  recordings: readonly Recording[],
  { url, seconds, round }: Load,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'posad-pgbench-'))
  await Promise.all(recordings.map((recording, i) => writeFile(join(folder, `${i}.sql`), scriptOf(recording))))
  const each = (i: number) =>
    `"$0" -n -M prepared -c 1 -T ${seconds} -D n=${(round * 1000 + i) * 10 ** 9} -f ${i}.sql "$1" &`
  const together = [...recordings.keys()].map(each).join('\n')
  const { stdout } = await promisify(execFile)('sh', ['-c', `${together}\nwait`, pgbench, url], {
    cwd: folder,
  }).finally(() => rm(folder, { recursive: true }))
  return sumOf([...stdout.matchAll(/tps = ([\d.]+)/g)].map(([, tps]) => Number(tps)))
}

const newIdSql = `lpad(to_hex(:n::bigint), 32, '0')::uuid`
const newNumberSql = `to_hex(:n::bigint)`

/** Makes a pgbench script with the recorded values in place of the parameters. */
function scriptOf({ statements, order_id, number }: Recording): string {
  const literalOf = (value: unknown) =>
    value === order_id ? newIdSql : value === number ? newNumberSql : quoted(asText(value))
  const filled = statements.map(
    ({ text, values }) => `${text.replace(/\$(\d+)/g, (_, place) => literalOf(values[Number(place) - 1]))};`,
  )
  return ['\\set n :n + 1', ...filled].join('\n')
}

/** pgbench reads a colon before a letter as a variable, inside quotes too. */
const quoted = (text: string | null): string =>
  text === null
    ? 'null'
    : `E'${text
        .replaceAll('\\', '\\\\')
        .replaceAll("'", "''")
        .replace(/:(?=[A-Za-z_])/g, '\\x3A')}'`

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (value instanceof Date) return value.toISOString()
  if (Buffer.isBuffer(value)) return `\\x${value.toString('hex')}`
  if (Array.isArray(value))
    return `{${value.map((each) => (each === null ? 'NULL' : JSON.stringify(String(each)))).join(',')}}`
  return typeof value === 'object' ? JSON.stringify(value) : `${value as string | number | boolean}`
}

/** Counts the runs of one client in Node, where pgbench is not installed. */
async function byNode({ statements, order_id, number }: Recording, { url, seconds }: Load): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const end = performance.now() + seconds * 1000
  let done = 0
  for (; performance.now() < end; done++) {
    const fresh = new Map<unknown, string>([
      [order_id, newId()],
      [number, newId()],
    ])
    for (const [i, { text, values }] of statements.entries()) {
      await client.query({ text, name: `s${i}`, values: values.map((value) => fresh.get(value) ?? value) })
    }
  }
  await client.end()
  return done
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0)
