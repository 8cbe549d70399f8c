import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Row } from './row.ts'

/** Long enough that what the start needed has been given back. */
const settling = 15_000

/** `posad start` as a person meets it: to the first answer of the shop window, and what it takes when nobody comes. */
export async function benchStart(): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  await chmod(directory, 0o755) // the server of root runs as another user
  try {
    const first = await startOnce(directory)
    await first.stop()
    const second = await startOnce(directory)
    await sleep(settling)
    const memory = await memoryOf(second.pid)
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
    if (!memory) return rows
    const note = `${memory.servers} processes of PostgreSQL; what they share is counted once (PSS)`
    return [
      ...rows,
      { id: 'PERF-8', what: 'memory of the idle Node process (RSS)', figure: memory.node, unit: 'MB', bar: '< 200' },
      {
        id: 'PERF-8',
        what: 'memory of everything, PostgreSQL included',
        figure: memory.whole,
        unit: 'MB',
        bar: '< 400',
        note,
      },
    ]
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
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

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

/** Megabytes; undefined where there is no /proc. The server is a child of the shop, its sessions are children of it. */
async function memoryOf(shop: number): Promise<{ node: number; whole: number; servers: number } | undefined> {
  const entries = await readdir('/proc').catch(() => undefined)
  if (!entries) return undefined
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number)
  const parents = new Map(await Promise.all(pids.map(async (pid) => [pid, await parentOf(pid)] as const)))
  const children = (of: number): number[] =>
    pids.flatMap((pid) => (parents.get(pid) === of ? [pid, ...children(pid)] : []))
  const servers = children(shop)
  const shares = await Promise.all(servers.map((pid) => kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss')))
  const node = (await kilobytes(`/proc/${shop}/status`, 'VmRSS')) / 1024
  return { node, whole: node + shares.reduce((sum, share) => sum + share, 0) / 1024, servers: servers.length }
}

const parentOf = async (pid: number) => await kilobytes(`/proc/${pid}/status`, 'PPid')

async function kilobytes(path: string, name: string): Promise<number> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0)
}
