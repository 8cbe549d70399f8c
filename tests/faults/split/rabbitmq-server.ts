import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const script = join(import.meta.dirname, '../../../scripts/services.sh')
const run = promisify(execFile)

/** A RabbitMQ server of one test file: it may be killed without harm to the others. */
export type RabbitmqServer = Readonly<{
  url: string
  /** Kills the server with SIGKILL, with its children. */
  kill: () => void
  /** Starts a killed server again, at its port and with its data. */
  start: () => Promise<void>
  close: () => Promise<void>
}>

/** Starts a RabbitMQ server. It must be installed. */
export async function openRabbitmqServer(): Promise<RabbitmqServer> {
  const directory = mkdtempSync(join(tmpdir(), 'posad-rabbitmq-'))
  await chmod(directory, 0o755)
  const services = async (command: 'up' | 'down') => {
    const { stdout } = await run(script, [command, 'rabbitmq'], {
      env: { ...process.env, SERVICES_DIRECTORY: directory },
    })
    return stdout
  }
  const url = /RABBITMQ_URL=(\S+)/.exec(await services('up'))?.[1]
  if (url === undefined) throw new Error(`RabbitMQ did not start: its log is in ${directory}/rabbitmq/log`)
  return {
    url,
    kill: () => {
      const [pid] = readFileSync(join(directory, 'rabbitmq/process'), 'utf8').split('\n')
      process.kill(-Number(pid), 'SIGKILL')
    },
    start: async () => void (await services('up')),
    close: async () => {
      await services('down')
      await rm(directory, { recursive: true, force: true })
    },
  }
}
