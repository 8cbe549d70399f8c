import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { takeInstanceLock } from '#platform/db'
import { openApp, type App } from '../app.ts'
import type { Config } from '../config.ts'
import { seedDemo } from '../demo/seed.ts'
import { inviteFirstAdmin } from '../first-admin.ts'
import { Refusal } from '../refusal.ts'
import { listenRefusal } from '../listen.ts'
import { runApp } from '../run.ts'
import { refuseServiceDatabases } from '../service-config.ts'
import type { ServiceName } from '../services.ts'
import { ensureBuild, openBuild } from '../storefront/build.ts'
import { version } from '../version.ts'
import { runUntilSignal, type Outputs } from './run-until-signal.ts'
import { startServices } from './start-services.ts'

/** `posad start [services…]`: runs the shop, or some of its services, in this process until SIGINT or SIGTERM. */
export async function start(config: Config, names: readonly ServiceName[] = []): Promise<void> {
  const [first, ...others] = names
  await runUntilSignal(config, {
    name: first ? names.join(' ') : config.app.name,
    start: async (outputs) => {
      if (isForCustomers(config)) outputs.logs('posad').warn(sandboxWarning)
      return first ? await startServices(config, [first, ...others], outputs) : await startShop(config, outputs)
    },
  })
}

const sandboxWarning =
  'Payments go to the sandbox: orders count as paid and no real money moves. This version has no other online provider.'

/** A shop with an https address, or in production, has real customers. */
const isForCustomers = ({ app }: Config) =>
  process.env['NODE_ENV'] === 'production' || (app.publicUrl?.startsWith('https:') ?? false)

/** Opens and runs the app. Returns a function that stops it. */
async function startShop(config: Config, { logs, announce, isTerminal, fail }: Outputs): Promise<() => Promise<void>> {
  refuseServiceDatabases(config)
  // A taken port leaves no new directory behind. Before the lock, the probe could take the port from a start that has it.
  if (!existsSync(config.app.directory)) await refuseTakenPort(config.app)
  const lock = await lockDirectory(config)
  try {
    await refuseTakenPort(config.app)
    // The build runs beside the start of the database; its failure is reported below. A start that may be refused builds later.
    const building = config.app.migrateOnStart ? ensureBuild(announce) : undefined
    building?.catch(() => {})
    const app = await openApp({ config, announce, onDatabaseLost: fail })
    try {
      await seed(app, announce)
      const running = await runApp({ app, logs, build: await openBuild(await (building ?? ensureBuild(announce))) })
      lock.listensAt(running.address)
      announceAddresses(config, running.address, announce)
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
