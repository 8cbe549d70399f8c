import { openApp } from '../app.ts'
import type { Config } from '../config/config.ts'
import { refuseServiceDatabases } from '../config/service-config.ts'
import { runApp } from '../run.ts'
import type { ServiceName } from '../services/services.ts'
import { Refusal } from '../terminal/refusal.ts'
import { version } from '../version.ts'
import { runUntilSignal, type Outputs } from './run-until-signal.ts'
import { startServices } from './start-services.ts'

/** `posad worker [services…]`: handles events and runs jobs until SIGINT or SIGTERM, beside processes that answer requests. */
export async function worker(config: Config, names: readonly ServiceName[]): Promise<void> {
  const [first, ...others] = names
  await runUntilSignal(config, {
    name: 'worker',
    start: async (outputs) => {
      if (!first) return await workForAll(config, outputs)
      return await startServices(config, [first, ...others], { ...outputs, role: 'background' })
    },
  })
}

async function workForAll(config: Config, { logs, announce }: Outputs): Promise<() => Promise<void>> {
  refuseServiceDatabases(config)
  if (config.database.kind === 'embedded')
    throw new Refusal(
      'A worker shares the database of the processes that answer requests, and the embedded one belongs to one start: set DATABASE_URL',
    )
  const app = await openApp({ config, announce })
  try {
    const { address, stop } = await runApp({ app, logs, role: 'background' })
    announce(`Posad ${version} works for the shop: ${address}/health`)
    return async () => {
      await stop()
      await app.close()
    }
  } catch (error) {
    await app.close()
    throw error
  }
}
