import type { Config } from '../config/config.ts'
import { isServerProcess, serveUntilStopped } from '../processes/server-process.ts'
import { changedForProcess, startProcesses } from '../processes/start-processes.ts'
import type { ServiceName } from '../services/services.ts'
import { version } from '../version.ts'
import { runUntilSignal, type Outputs } from './run-until-signal.ts'

/** `posad start [services…]`: runs the shop, or some of its services, until SIGINT or SIGTERM. */
export async function start(config: Config, names: readonly ServiceName[] = []): Promise<void> {
  const name = names.length > 0 ? names.join(' ') : config.app.name
  if (isServerProcess()) return await startAsServer(config, name, names)
  await runUntilSignal(config, {
    name,
    start: async (outputs) => {
      if (isForCustomers(config)) outputs.logs('posad').warn(sandboxWarning)
      const { address, stop } = await startAs(config, names, outputs)
      if (address !== undefined) announceAddresses(config, address, outputs.announce)
      if (outputs.isTerminal) outputs.announce('  Stop with Ctrl-C')
      return stop
    },
  })
}

type Started = Readonly<{ address?: string; stop: () => Promise<void> }>

/** Starts the processes that the settings name. The parts of the shop load where they run. */
async function startAs(config: Config, names: readonly ServiceName[], outputs: Outputs): Promise<Started> {
  if (config.app.processes > 1) return await startProcesses(config, { runsAll: names.length === 0 }, outputs)
  const [first, ...others] = names
  if (!first) return await (await import('./start-shop.ts')).startShop(config, outputs)
  const { startServices } = await import('./start-services.ts')
  return { stop: await startServices(config, [first, ...others], outputs) }
}

/** Runs in one process of several: the whole shop, or the services. */
async function startAsServer(config: Config, name: string, [first, ...others]: readonly ServiceName[]): Promise<void> {
  await serveUntilStopped(config, {
    name,
    serve: async (outputs, place, start) => {
      const own = changedForProcess(config, start)
      if (!first) return await (await import('./start-shop.ts')).serveShop(own, { ...outputs, place })
      const { startServices } = await import('./start-services.ts')
      return { address: '', stop: await startServices(own, [first, ...others], { ...outputs, place }) }
    },
  })
}

const sandboxWarning =
  'Payments go to the sandbox: orders count as paid and no real money moves. This version has no other online provider.'

/** A shop with an https address, or in production, has real customers. */
const isForCustomers = ({ app }: Config) =>
  process.env['NODE_ENV'] === 'production' || (app.publicUrl?.startsWith('https:') ?? false)

function announceAddresses({ app }: Config, address: string, announce: (line: string) => void): void {
  const processes = app.processes > 1 ? `, in ${app.processes} processes` : ''
  announce(`Posad ${version} is open: ${address}${processes}`)
  if (app.apiDocs) announce(`  API pages   ${address}/api/docs`)
  announce(`  Health      ${address}/health/ready`)
}
