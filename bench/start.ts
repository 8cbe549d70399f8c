import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#platform/db'
import type { Row } from './row.ts'
import { fieldOf, serverProcesses } from './server-processes.ts'

/** Milliseconds until the process has returned the memory of its start. */
const settling = 15_000
/** The options of `npm start`, whose cache of compiled modules is here in the directory of the shop. The space of young objects else grows to 32 MB at the start and stays so. */
const nodeOptions = ['--max-semi-space-size=8']
/** The postmaster, its four background processes and a session. */
const minServerProcesses = 6

/** Measures `posad start`: the time to the first response of the product list, and the memory of the idle shop. */
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
        measurement: 'first start to the first response, packages installed',
        value: first.seconds,
        unit: 's',
        bar: '< 15',
        note: 'initdb, migrations, demo products',
      },
      { id: 'PERF-8', measurement: 'later start to the first response', value: second.seconds, unit: 's', bar: '< 3' },
    ]
    return memory ? [...rows, ...rowsOf(memory)] : rows
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function rowsOf({ node, server }: Memory): Row[] {
  const alone = {
    id: 'PERF-8',
    measurement: 'memory of the idle Node process (RSS)',
    value: node,
    unit: 'MB',
    bar: '< 200',
    ...(typeof server === 'string' && { note: `the memory of PostgreSQL could not be measured: ${server}` }),
  }
  if (typeof server === 'string') return [alone]
  const all = {
    id: 'PERF-8',
    measurement: 'memory of all processes, PostgreSQL included',
    value: node + server.megabytes,
    unit: 'MB',
    bar: '< 400',
    note: `${server.processes} processes of PostgreSQL; shared memory is counted once (PSS)`,
  }
  return [alone, all]
}

async function startOnce(directory: string) {
  const port = await freePort()
  const started = performance.now()
  const posad = spawn(process.execPath, [...nodeOptions, join(import.meta.dirname, '../apps/cli.ts'), 'start'], {
    env: {
      PATH: process.env['PATH'],
      POSAD_DATA: directory,
      NODE_COMPILE_CACHE: join(directory, 'compile-cache'),
      APP_PORT: `${port}`,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const exited = once(posad, 'exit')
  const responds = () =>
    fetch(`http://127.0.0.1:${port}/api/v1/catalog/products`).then(
      (response) => response.ok,
      () => false,
    )
  while (!(await responds())) {
    if (posad.exitCode !== null) throw new Error('posad start ended before the first response')
    await sleep(10)
  }
  const stop = async () => {
    posad.kill('SIGTERM')
    await exited
  }
  return { seconds: (performance.now() - started) / 1000, pid: posad.pid ?? 0, stop }
}

/** Megabytes of the Node process and of PostgreSQL, or the reason why the latter is not known. */
type Memory = Readonly<{ node: number; server: Readonly<{ megabytes: number; processes: number }> | string }>

/** Undefined on a system without /proc. */
async function memoryOf(nodePid: number, directory: string): Promise<Memory | undefined> {
  const status = await readFile(`/proc/${nodePid}/status`, 'utf8').catch(() => undefined)
  if (status === undefined) return undefined
  const node = fieldOf(status, 'VmRSS') / 1024
  try {
    return { node, server: await serverMemory(directory) }
  } catch (error) {
    return { node, server: (error as Error).message }
  }
}

/** Finds the postmaster by its pid file, because it may have no living parent, and its sessions by their parent. */
async function serverMemory(directory: string) {
  const [first] = (await readFile(join(directory, 'postgres/postmaster.pid'), 'utf8')).split('\n')
  const shares: number[] = []
  for (const pid of await serverProcesses(Number(first))) {
    shares.push(fieldOf(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss'))
  }
  if (shares.length < minServerProcesses) throw new Error(`only ${shares.length} processes of PostgreSQL were found`)
  return { megabytes: shares.reduce((sum, share) => sum + share, 0) / 1024, processes: shares.length }
}
