import assert from 'node:assert/strict'
import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { isAlive } from '#platform/db'
import { eventually } from '#platform/testing'

export const cli = join(import.meta.dirname, '../../apps/cli.ts')

/**
 * Variables of the test's own environment would change the settings of the shop: it gets only these two. Its working
 * directory is not that of the repository, whose `.env` and `.posad` belong to the developer.
 */
const inherited = { PATH: process.env['PATH'], HOME: process.env['HOME'] }
const cwd = tmpdir()

/**
 * A directory that is deleted after the tests of the file, with its database stopped. Other users may enter it: PostgreSQL
 * that root starts runs as another user.
 */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'posad-start-'))
  chmodSync(directory, 0o755)
  after(() => {
    const running = databaseOf(directory)
    if (running && isAlive(running.pid)) process.kill(running.pid, 'SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

type Environment = Readonly<Record<string, string>>
type User = Readonly<{ uid: number; gid: number }>

/** Runs a `posad` command to its end: `posad('migrate status', environment)`. */
export const posad = (command: string, environment: Environment, user?: User): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [cli, ...command.split(' ')], {
    cwd,
    env: { ...inherited, ...environment },
    encoding: 'utf8',
    timeout: 45_000,
    ...user,
  })

export type ShopProcess = Awaited<ReturnType<typeof startShop>>

const running = new Set<{ kill: (signal: 'SIGTERM') => void; exited: Promise<unknown> }>()
after(async () => {
  for (const { kill } of running) kill('SIGTERM')
  await Promise.all([...running].map(({ exited }) => exited))
})

/** Starts a `posad` command in its own process; the end of the test file stops it. */
export function spawnPosad(command: string, environment: Environment) {
  const child = spawn(process.execPath, [cli, ...command.split(' ')], {
    cwd,
    env: { ...inherited, ...environment },
    stdio: 'pipe',
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string)
  const entry = { kill: (signal: NodeJS.Signals) => void child.kill(signal), exited }
  running.add(entry)
  void exited.then(() => running.delete(entry))
  return { child, output: () => output, exited }
}

/** Runs `posad start` in its own process and waits until it is ready. Throws its output when it does not become ready. */
export async function startShop(environment: Environment & { APP_PORT: string }) {
  const startedAt = performance.now()
  const { child, output, exited } = spawnPosad('start', environment)
  const address = `http://127.0.0.1:${environment.APP_PORT}`
  const isUp = await eventually(
    async () => {
      if (child.exitCode !== null) return false
      assert.ok(await isReady(address), `the shop is not ready after 40 s:\n${output()}`)
      return true
    },
    { within: 40_000, every: 25 },
  )
  assert.ok(isUp, `the shop did not start:\n${output()}`)
  return {
    address,
    pid: child.pid ?? 0,
    /** Milliseconds until it was ready. */
    startTime: performance.now() - startedAt,
    output,
    /** Resolves with the exit code, or with the signal that ended the process. */
    exited,
    /** Sends a signal and waits for the exit; returns the exit code, or the signal that ended the process. */
    end: async (signal: NodeJS.Signals) => {
      child.kill(signal)
      return await exited
    },
  }
}

const isReady = (address: string) =>
  fetch(`${address}/health/ready`).then(
    ({ status }) => status === 200,
    () => false,
  )

/**
 * The embedded PostgreSQL of a shop by its pid file, undefined after an orderly stop. PostgreSQL creates the file empty: no
 * id is undefined too, because a signal to process 0 goes to the whole group of the test runner.
 */
export function databaseOf(directory: string): Readonly<{ pid: number; port: number }> | undefined {
  const file = join(directory, 'postgres/postmaster.pid')
  if (!existsSync(file)) return undefined
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n')
  return Number(pid) > 0 ? { pid: Number(pid), port: Number(port) } : undefined
}

/** True while a program accepts connections at the port. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const listens = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  })
  socket.destroy()
  return listens
}
