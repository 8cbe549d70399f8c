import { createServer } from 'node:net'
import type { Config } from '#platform/config'
import { takeInstanceLock } from '#platform/db'
import { openLogs, type Logs } from '#platform/telemetry'
import { seedDemo } from '../demo/seed.ts'
import { inviteFirstAdmin } from '../first-admin.ts'
import { openApp, type App } from '../app.ts'
import { Refusal } from '../refusal.ts'
import { listenRefusal, runApp, type Running } from '../run.ts'
import { version } from '../version.ts'

/** How long everything together may take to stop; whoever sent SIGTERM kills after 30 seconds. */
const grace = 25_000

/** `posad start`: the whole house in this process, until SIGINT or SIGTERM. */
export async function start(config: Config): Promise<void> {
  const logs = openLogs({ service: config.name, version, ...config.log })
  const announce = announcer(logs)
  for (const notice of config.notices) announce(notice)
  const { running, close } = await open(config, { logs, announce })
  stopOnSignal(async () => {
    announce('Closing …')
    await running.stop()
    await close()
    announce('Closed.')
  }, logs)
}

type Outlets = Readonly<{ logs: Logs; announce: (line: string) => void }>

async function open(
  config: Config,
  { logs, announce }: Outlets,
): Promise<{ running: Running; close: () => Promise<void> }> {
  const place = await moveIn(config)
  try {
    await refuseTakenPort(config)
    const app = await openApp({ config, announce })
    try {
      await furnish(app, announce)
      const running = await runApp({ app, logs })
      welcome(config, running.address, announce)
      const isTerminal = process.stdout.isTTY
      const stopInviting = await inviteFirstAdmin(app, { address: running.address, announce, isTerminal })
      if (isTerminal) announce('  Stop with Ctrl-C')
      const close = async () => {
        stopInviting()
        await app.close()
        place.release()
      }
      return { running, close }
    } catch (error) {
      await app.close()
      throw error
    }
  } catch (error) {
    place.release()
    throw error
  }
}

/**
 * Two starts in one directory would fight for its database. Nobody is kept out of an outside one: it bears several
 * processes, though prices and limits may differ between them for minutes, as each has a cache of its own.
 */
async function moveIn({ database, directory, host, port }: Config): Promise<{ release: () => void }> {
  if (database.kind === 'external') return { release: () => {} }
  const taken = await takeInstanceLock(directory, { address: `http://${host}:${port}` })
  if ('release' in taken) return taken
  const { pid, address } = taken.heldBy
  throw new Refusal(`Posad already runs in ${directory}: ${address} (process ${pid})`)
}

/** Tells of a taken port before a database is started for nothing. */
async function refuseTakenPort({ host, port }: Config): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenRefusal(error, { host, port })))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()))
  })
}

/** Demo goods on the first start of the embedded default, or whenever DEMO_DATA says so. */
async function furnish(app: App, announce: (line: string) => void): Promise<void> {
  const { demo, database } = app.config
  if (demo === false || (demo === 'auto' && database.kind === 'external')) return
  const { products } = await seedDemo(app)
  if (products > 0) announce(`Filled the shelves with ${products} demo products`)
}

function welcome({ apiDocs }: Config, address: string, announce: (line: string) => void): void {
  announce(`Posad ${version} is open: ${address}`)
  if (apiDocs) announce(`  API pages   ${address}/api/docs`)
  announce(`  Health      ${address}/health/ready`)
}

/** Plain lines for people at a terminal, log lines for machines. */
function announcer(logs: Logs): (line: string) => void {
  const log = logs('posad')
  return process.stdout.isTTY ? (line) => process.stdout.write(`${line}\n`) : (line) => log.info(line.trim())
}

/** The first signal stops in order; a second one, or the end of the grace, ends the process at once. */
function stopOnSignal(stop: () => Promise<void>, logs: Logs): void {
  const log = logs('posad')
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    setTimeout(() => {
      log.error('stopping took too long')
      process.exit(1)
    }, grace).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}
