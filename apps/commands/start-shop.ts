import { openApp, type App } from '../app.ts'
import type { Config } from '../config/config.ts'
import { refuseServiceDatabases } from '../config/service-config.ts'
import { seedDemo } from '../demo/seed.ts'
import { runApp, type Place } from '../run.ts'
import { ensureBuild, openBuild } from '../storefront/build.ts'
import { inviteFirstAdmin, showInvitation } from './first-admin.ts'
import type { Outputs } from './run-until-signal.ts'
import { takePlace } from './take-place.ts'

/** A running shop. */
export type Served = Readonly<{ address: string; stop: () => Promise<void> }>

/** Opens and runs the whole shop in this process alone. */
export async function startShop(config: Config, outputs: Outputs): Promise<Served> {
  refuseServiceDatabases(config)
  const lock = await takePlace(config)
  let served: Served | undefined
  try {
    const { address, stop } = (served = await serveShop(config, { ...outputs, onDatabaseLost: outputs.fail }))
    lock.listensAt(address)
    return {
      address,
      stop: async () => {
        await stop()
        lock.release()
      },
    }
  } catch (error) {
    await served?.stop()
    lock.release()
    throw error
  }
}

type ServeNeeds = Pick<Outputs, 'logs' | 'announce' | 'isTerminal'> &
  Readonly<{
    /** Supervises the embedded database. Absent where another process does. */
    onDatabaseLost?: (reason: Error) => void
    place?: Place
  }>

/** Opens and runs the whole shop, whose directory and port this start has. */
export async function serveShop(config: Config, serving: ServeNeeds): Promise<Served> {
  const { logs, announce, onDatabaseLost, place } = serving
  // The build runs beside the start of the database; its failure is reported below. A start that may be refused builds later.
  const building = config.app.migrateOnStart ? ensureBuild(announce) : undefined
  building?.catch(() => {})
  const app = await openApp({ config, announce, ...(onDatabaseLost && { onDatabaseLost }) })
  try {
    if (isFirst(serving)) await seed(app, announce)
    const build = await openBuild(await (building ?? ensureBuild(announce)))
    const code = isFirst(serving) ? await inviteFirstAdmin(app) : undefined
    // The last step that may fail: a shop that listens stays open.
    const { address, stop } = await runApp({ app, logs, build, ...(place && { place }) })
    const stopInviting = isFirst(serving) ? showInvitation(app, code, serving) : () => {}
    return {
      address,
      stop: async () => {
        await stop()
        stopInviting()
        await app.close()
      },
    }
  } catch (error) {
    await app.close()
    throw error
  }
}

const isFirst = ({ place }: Pick<ServeNeeds, 'place'>): boolean => place === undefined || place.number === 1

/** Adds the demo products to an empty shop: always with DEMO_DATA=true, on auto only with the embedded database. */
async function seed(app: App, announce: (line: string) => void): Promise<void> {
  const { demo } = app.config.app
  if (demo === false || (demo === 'auto' && app.config.database.kind === 'external')) return
  const { products } = await seedDemo(app)
  if (products > 0) announce(`Added ${products} demo products`)
}
