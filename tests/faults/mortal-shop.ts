import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '#platform/db'

const cli = join(import.meta.dirname, '../../apps/cli.ts')

/** A shop in a process of its own that dies where `CRASH_AT` says, and is started again as a supervisor would. */
export type MortalShop = Readonly<{
  address: string
  /** How the first process ended, once it has. */
  deaths: () => readonly (string | number)[]
  stop: () => Promise<void>
}>

export async function openMortalShop(environment: Record<string, string>, crashAt: string): Promise<MortalShop> {
  const port = await freePort()
  const address = `http://127.0.0.1:${port}`
  const deaths: (string | number)[] = []
  let child: ChildProcess | undefined
  let stopping = false
  const live = (extra: Record<string, string>) => {
    child = spawn(process.execPath, [cli, 'start'], {
      env: { PATH: process.env['PATH'], APP_PORT: String(port), LOG_LEVEL: 'error', ...environment, ...extra },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('exit', (code, signal) => {
      deaths.push(signal ?? code ?? 0)
      if (!stopping) live({})
    })
  }
  live({ CRASH_AT: crashAt })
  await untilAnswered(address)
  return {
    address,
    deaths: () => deaths,
    stop: async () => {
      stopping = true
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** Does `work` again until it succeeds: what a client does whose shop went away in the middle. */
export async function persistently<Result>(work: () => Promise<Result>, within = 30_000): Promise<Result> {
  for (const end = Date.now() + within; ; await sleep(50)) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > end) throw error
    }
  }
}

const untilAnswered = async (address: string) =>
  await persistently(async () => {
    const { status } = await fetch(`${address}/health/ready`)
    if (status !== 200) throw new Error(`not ready: ${status}`)
  })
