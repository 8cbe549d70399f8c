import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

export const cli = join(import.meta.dirname, '../../apps/cli.ts')

/** Nothing of the environment of whoever runs the tests but what programs need to be found. */
const bare = { PATH: process.env['PATH'], HOME: process.env['HOME'] }

/** A directory that is gone after the file; others may pass it, as PostgreSQL must that root starts. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posad-start-'))
  chmodSync(directory, 0o755)
  after(() => {
    const left = databaseOf(directory)
    if (left) process.kill(left.pid, 'SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

type Environment = Readonly<Record<string, string>>
type User = Readonly<{ uid: number; gid: number }>

/** Runs a command of the house to its end. */
export const posad = (words: string, environment: Environment, user?: User): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [cli, ...words.split(' ')], {
    env: { ...bare, ...environment },
    encoding: 'utf8',
    timeout: 45_000,
    ...user,
  })

export type ShopProcess = Awaited<ReturnType<typeof startShop>>

const alive = new Set<{ kill: (signal: 'SIGTERM') => void; gone: Promise<unknown> }>()
after(async () => {
  for (const { kill } of alive) kill('SIGTERM')
  await Promise.all([...alive].map(({ gone }) => gone))
})

/** `posad start` in a process of its own; returns once it is ready, and throws what it printed when it is not. */
export async function startShop(environment: Environment & { APP_PORT: string }) {
  const began = performance.now()
  const child = spawn(process.execPath, [cli, 'start'], { env: { ...bare, ...environment }, stdio: 'pipe' })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const gone = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  const entry = { kill: (signal: NodeJS.Signals) => void child.kill(signal), gone }
  alive.add(entry)
  void gone.then(() => alive.delete(entry))
  const address = `http://127.0.0.1:${environment.APP_PORT}`
  while (!(await isReady(address))) {
    if (child.exitCode !== null || performance.now() - began > 40_000) throw new Error(`no shop opened:\n${output}`)
    await sleep(25)
  }
  return {
    address,
    pid: child.pid ?? 0,
    took: performance.now() - began,
    output: () => output,
    /** Sends a signal and waits for the end: the exit code, or the signal that ended it. */
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      return await gone
    },
  }
}

const isReady = (address: string) =>
  fetch(`${address}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )

/** The PostgreSQL of a house by its pid file, undefined when it has gone in order. */
export function databaseOf(directory: string): Readonly<{ pid: number; port: number }> | undefined {
  const file = join(directory, 'postgres/postmaster.pid')
  if (!existsSync(file)) return undefined
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n')
  return { pid: Number(pid), port: Number(port) }
}

/** True while somebody accepts connections there. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const listens = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return listens
}
