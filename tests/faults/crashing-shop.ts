import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'

const cli = join(import.meta.dirname, '../../apps/cli.ts')

/** A shop in its own process. The process kills itself at the point that `CRASH_AT` names, and is restarted at once. */
export type CrashingShop = Readonly<{
  address: string
  /** The signal or exit code of each process that has ended. */
  exits: () => readonly (string | number)[]
  stop: () => Promise<void>
}>

export async function openCrashingShop(environment: Record<string, string>, crashAt: string): Promise<CrashingShop> {
  const port = await freePort()
  // The `.env` and `.posad` of the repository belong to the developer.
  const directory = mkdtempSync(join(tmpdir(), 'posad-crash-'))
  const address = `http://127.0.0.1:${port}`
  const exits: (string | number)[] = []
  let child: ChildProcess | undefined
  let isStopping = false
  const start = (extra: Record<string, string>) => {
    child = spawn(process.execPath, [cli, 'start'], {
      cwd: directory,
      env: {
        PATH: process.env['PATH'],
        POSAD_DATA: directory,
        APP_PORT: String(port),
        LOG_LEVEL: 'error',
        ...environment,
        ...extra,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('exit', (code, signal) => {
      exits.push(signal ?? code ?? 0)
      if (!isStopping) start({})
    })
  }
  start({ CRASH_AT: crashAt })
  await eventually(() => assertReady(address), { within: 30_000 })
  return {
    address,
    exits: () => exits,
    stop: async () => {
      isStopping = true
      if (child && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      rmSync(directory, { recursive: true })
    },
  }
}

/** Throws unless the shop at `address` is ready. */
export async function assertReady(address: string): Promise<void> {
  const { status } = await fetch(`${address}/health/ready`)
  if (status !== 200) throw new Error(`The shop is not ready: ${status}`)
}
