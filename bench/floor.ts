import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { newId } from '#platform/values'
import { parameterTypes, scriptOf } from './pgbench-script.ts'
import { asText, type Recording } from './recording.ts'

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
  const types = await parameterTypes(url, recordings)
  await Promise.all(recordings.map((recording, i) => writeFile(join(folder, `${i}.sql`), scriptOf(recording, types))))
  const each = (i: number) =>
    `"$0" -n -M prepared -c 1 -T ${seconds} -D n=${(round * 1000 + i) * 10 ** 9} -f ${i}.sql "$1" &`
  const together = [...recordings.keys()].map(each).join('\n')
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', `${together}\nwait`, pgbench, url], {
    cwd: folder,
  }).finally(() => rm(folder, { recursive: true }))
  const [failure] = /^.*aborted.*$/m.exec(stderr) ?? []
  if (failure !== undefined) throw new Error(failure)
  return sumOf([...stdout.matchAll(/tps = ([\d.]+)/g)].map(([, tps]) => Number(tps)))
}

/** Counts the runs of one client in Node, where pgbench is not installed. */
async function byNode({ statements, fresh }: Recording, { url, seconds }: Load): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  const end = performance.now() + seconds * 1000
  let done = 0
  for (; performance.now() < end; done++) {
    const renewed = new Map(fresh.map((text) => [text, newId()]))
    for (const [i, { text, values }] of statements.entries()) {
      await client.query({ text, name: `s${i}`, values: values.map((value) => renew(asText(value), renewed)) })
    }
  }
  await client.end()
  return done
}

const renew = (text: string | null, renewed: ReadonlyMap<string, string>) =>
  text === null ? null : [...renewed].reduce((result, [old, fresh]) => result.replaceAll(old, fresh), text)

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0)
