import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '#platform/db'
import { eventually } from '#platform/testing'

const cli = join(import.meta.dirname, '../../apps/cli.ts')

type Opening = Readonly<{
  /** Environment variables, with the database. */
  environment: Readonly<Record<string, string>>
  /** Processes that share the port. */
  count: number
}>

/** Runs the shop as `posad start` does with WORKERS_COUNT. */
export async function openProcesses({ environment, count }: Opening) {
  const port = String(await freePort())
  const shop = spawn(process.execPath, [cli, 'start'], {
    // The `.env` of the repository belongs to the developer.
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], ...environment, LOG_LEVEL: 'info', APP_PORT: port, WORKERS_COUNT: String(count) },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [shop.stdout, shop.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()))
  const exited = once(shop, 'exit')
  const isOpen = () => {
    if (shop.exitCode !== null || output.includes(`in ${count} processes`)) return
    throw new Error(`The processes are not open:\n${output}`)
  }
  await eventually(isOpen, { within: 60_000 })
  if (shop.exitCode !== null) throw new Error(`The shop did not start:\n${output}`)
  return {
    address: `http://127.0.0.1:${port}`,
    close: async () => {
      shop.kill('SIGTERM')
      await exited
    },
  }
}
