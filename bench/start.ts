import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#platform/db'
import type { Row } from './row.ts'

/** Long enough that what the start needed has been given back. */
const settling = 15_000
/** The postmaster, its four companions and a session: with fewer something has not been seen. */
const fewest = 6

/** `posad start` as a person meets it: to the first answer of the shop window, and what it takes when nobody comes. */
export async function benchStart(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  await chmod(directory, 0o755) // the server of root runs as another user
  try {
    const first = await startOnce(directory)
    await first.stop()
    const second = await startOnce(directory)
    await sleep(settling)
    const memory = await memoryOf(second.pid, directory)
    await second.stop()
    const rows: Row[] = [
      {
        id: 'PERF-8',
        what: 'the very first start to the first answer, packages installed',
        figure: first.seconds,
        unit: 's',
        bar: '< 15',
        note: 'initdb, migrations, demo goods',
      },
      { id: 'PERF-8', what: 'any later start to the first answer', figure: second.seconds, unit: 's', bar: '< 3' },
    ]
    return memory ? [...rows, ...rowsOf(memory)] : rows
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function rowsOf({ node, server }: Memory): Row[] {
  const alone = {
    id: 'PERF-8',
    what: 'memory of the idle Node process (RSS)',
    figure: node,
    unit: 'MB',
    bar: '< 200',
    ...(typeof server === 'string' && { note: `that of PostgreSQL could not be measured: ${server}` }),
  }
  if (typeof server === 'string') return [alone]
  const whole = {
    id: 'PERF-8',
    what: 'memory of everything, PostgreSQL included',
    figure: node + server.megabytes,
    unit: 'MB',
    bar: '< 400',
    note: `${server.processes} processes of PostgreSQL; what they share is counted once (PSS)`,
  }
  return [alone, whole]
}

async function startOnce(directory: string) {
  const port = await freePort()
  const began = performance.now()
  const shop = spawn(process.execPath, [join(import.meta.dirname, '../apps/cli.ts'), 'start'], {
    env: {
      PATH: process.env['PATH'],
      POSAD_DATA: directory,
      APP_PORT: `${port}`,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = once(shop, 'exit')
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/api/v1/catalog/products`).then(
      (answer) => answer.ok,
      () => false,
    )
  while (!(await answers())) {
    if (shop.exitCode !== null) throw new Error('The shop did not open')
    await sleep(10)
  }
  const stop = async () => {
    shop.kill('SIGTERM')
    await ended
  }
  return { seconds: (performance.now() - began) / 1000, pid: shop.pid ?? 0, stop }
}

/** Megabytes of the shop and of the server beside it, or why that cannot be said. */
type Memory = Readonly<{ node: number; server: Readonly<{ megabytes: number; processes: number }> | string }>

/** Undefined where there is no /proc. */
async function memoryOf(shop: number, directory: string): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${shop}/status`, 'utf8').catch(() => undefined)
  if (status === undefined) return undefined
  const node = fieldOf(status, 'VmRSS') / 1024
  try {
    return { node, server: await serverMemory(directory) }
  } catch (error) {
    return { node, server: (error as Error).message }
  }
}

/** The postmaster is found by its own file: it may be nobody's child. Its sessions are children of it, whatever their titles. */
async function serverMemory(directory: string) {
  const [first] = (await readFile(join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  const postmaster = Number(first)
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const shares: number[] = []
  for (const pid of pids) {
    const isServer = pid === postmaster || (await parentOf(pid)) === postmaster
    if (isServer) shares.push(fieldOf(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss'))
  }
  if (shares.length < fewest) throw new Error(`only ${shares.length} processes of PostgreSQL were found`)
  return { megabytes: shares.reduce((sum, share) => sum + share, 0) / 1024, processes: shares.length }
}

/** Undefined for a process that has ended meanwhile. */
async function parentOf(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => undefined)
  return status === undefined ? undefined : fieldOf(status, 'PPid')
}

/** A number of a file in /proc; what is not there must not count as nothing. */
function fieldOf(text: string, name: string): number {
  const [, number] = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text) ?? []
  if (number === undefined) throw new Error(`/proc does not say ${name}`)
  return Number(number)
}
