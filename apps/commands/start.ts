import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { takeInstanceLock } from '#platform/db'
import { openLogs, type Logs } from '#platform/telemetry'
import { openApp, type App } from '../app.ts'
import { logLevelOf, type Config } from '../config.ts'
import { seedDemo } from '../demo/seed.ts'
import { inviteFirstAdmin } from '../first-admin.ts'
import { Refusal } from '../refusal.ts'
import { listenRefusal, runApp } from '../run.ts'
import { ensureBuild, openBuild } from '../storefront/build.ts'
import { version } from '../version.ts'

/** Milliseconds for an orderly stop; supervisors send SIGKILL 30 seconds after SIGTERM. */
const grace = 25_000

/** `posad start`: runs the shop in this process until SIGINT or SIGTERM. */
export async function start(config: Config): Promise<void> {
  const { format } = config.logs
  const logs = openLogs({ service: config.app.name, version, level: logLevelOf(config), format })
  const announce = announcer(logs)
  for (const notice of config.notices) announce(notice)
  if (isForCustomers(config)) logs('posad').warn(sandboxWarning)
  const ended = Promise.withResolvers<Ending>()
  const onDatabaseLost = (reason: Error) => ended.resolve({ code: 1, reason: reason.message })
  const starting = startShop(config, { logs, announce, onDatabaseLost })
  // A signal during the start waits for its end: a process that ended at once would leave the database running.
  onSignal(() => ended.resolve({ code: 0 }))
  void ended.promise.then(async (ending) => await endProcess(ending, { starting, logs, announce }))
  await starting
}

const sandboxWarning =
  'Payments go to the sandbox: orders count as paid and no real money moves. This version has no other online provider.'

/** A shop with an https address, or in production, has real customers. */
const isForCustomers = ({ app }: Config) =>
  process.env['NODE_ENV'] === 'production' || (app.publicUrl?.startsWith('https:') ?? false)

type Ending = Readonly<{ code: number; reason?: string }>

type Outputs = Readonly<{
  logs: Logs
  announce: (line: string) => void
  onDatabaseLost: (reason: Error) => void
}>

/** Opens and runs the app. Returns a function that stops it. */
async function startShop(config: Config, { logs, announce, onDatabaseLost }: Outputs): Promise<() => Promise<void>> {
  // A taken port leaves no new directory behind. Before the lock, the probe could take the port from a start that has it.
  if (!existsSync(config.app.directory)) await refuseTakenPort(config.app)
  const lock = await lockDirectory(config)
  try {
    await refuseTakenPort(config.app)
    const building = ensureBuild(announce)
    // The build runs beside the start of the database; its failure is reported below.
    building.catch(() => {})
    const app = await openApp({ config, announce, onDatabaseLost })
    try {
      await seed(app, announce)
      const running = await runApp({ app, logs, build: await openBuild(await building) })
      lock.listensAt(running.address)
      announceAddresses(config, running.address, announce)
      const isTerminal = process.stdout.isTTY
      const stopInviting = await inviteFirstAdmin(app, { announce, isTerminal })
      if (isTerminal) announce('  Stop with Ctrl-C')
      return async () => {
        await running.stop()
        stopInviting()
        await app.close()
        lock.release()
      }
    } catch (error) {
      await app.close()
      throw error
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Refuses a second start in the same directory, because both would use its database. An external database needs no lock:
 * several processes may share it, though each has its own cache and its own limits, so the stock that they show may differ for minutes.
 */
async function lockDirectory({ app, database }: Config) {
  if (database.kind === 'external') return { release: () => {}, listensAt: () => {} }
  const lock = await takeInstanceLock(app.directory, { address: `http://${app.host}:${app.port}` })
  if ('release' in lock) return lock
  const { pid, address } = lock.heldBy
  throw new Refusal(`Posad already runs in ${app.directory}: ${address} (process ${pid})`)
}

/** Refuses a taken port before the start makes a database. */
async function refuseTakenPort({ host, port }: Config['app']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (error) => reject(listenRefusal(error, { host, port })))
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()))
  })
}

/** Adds the demo products to an empty shop: always with DEMO_DATA=true, on auto only with the embedded database. */
async function seed(app: App, announce: (line: string) => void): Promise<void> {
  const { demo } = app.config.app
  if (demo === false || (demo === 'auto' && app.config.database.kind === 'external')) return
  const { products } = await seedDemo(app)
  if (products > 0) announce(`Added ${products} demo products`)
}

function announceAddresses({ app }: Config, address: string, announce: (line: string) => void): void {
  announce(`Posad ${version} is open: ${address}`)
  if (app.apiDocs) announce(`  API pages   ${address}/api/docs`)
  announce(`  Health      ${address}/health/ready`)
}

/** Prints plain lines on a terminal, and log lines elsewhere. */
function announcer(logs: Logs): (line: string) => void {
  const log = logs('posad')
  return process.stdout.isTTY ? (line) => process.stdout.write(`${line}\n`) : (line) => log.info(line.trim())
}

/** The first signal stops in order; a second one ends the process at once. */
function onSignal(stop: () => void): void {
  let isStopping = false
  const signalled = () => {
    if (isStopping) process.exit(1)
    isStopping = true
    stop()
  }
  process.on('SIGINT', signalled)
  process.on('SIGTERM', signalled)
}

type Started = Pick<Outputs, 'logs' | 'announce'> & Readonly<{ starting: Promise<() => Promise<void>> }>

/** Stops in order and ends the process. At the end of the grace it ends the process at once. */
async function endProcess({ code, reason }: Ending, { starting, logs, announce }: Started): Promise<never> {
  const log = logs('posad')
  if (reason !== undefined) process.stderr.write(`posad: ${reason}\n`)
  announce('Stopping …')
  setTimeout(() => {
    log.error(`the stop took longer than ${grace / 1000} s; the process ends now`)
    process.exit(1)
  }, grace).unref()
  try {
    const stop = await starting
    await stop()
    announce('Stopped.')
  } catch (error) {
    log.error({ err: error }, 'the stop failed')
    process.exit(1)
  }
  process.exit(code)
}
