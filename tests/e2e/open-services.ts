import { freePort } from '#platform/db'
import { openLogs } from '#platform/telemetry'
import { openApp } from '../../apps/app.ts'
import { logLevelOf, readAppConfig } from '../../apps/config/config.ts'
import { seedDemo } from '../../apps/demo/seed.ts'
import { openGateway } from '../../apps/gateway/gateway.ts'
import type { Adapters } from '../../apps/modules.ts'
import { otherServices } from '../../apps/services/participants.ts'
import { openRemoteApis } from '../../apps/services/remote-apis.ts'
import { runApp } from '../../apps/run.ts'
import { secretOf, serviceConfigOf } from '../../apps/config/service-config.ts'
import { serviceNames, type ServiceName } from '../../apps/services/services.ts'

type Services = Readonly<{
  /** Of the gateway. */
  address: string
  /** Of a copy of the service itself, as programs on the private network reach it. */
  addressOf: (service: ServiceName) => string
  close: () => Promise<void>
}>

type Opening = Readonly<{
  /** Environment variables, with the databases. */
  environment: Readonly<Record<string, string>>
  /** Processes of each service. */
  copies: number
  adapters?: Adapters
}>

const quiet = () => {}

/**
 * Runs every service behind the gateway, each as `posad start auth` does. They share this process and nothing else: each has
 * its own pool and server, and calls the others over HTTP.
 */
export async function openServices({ environment, copies, adapters = {} }: Opening): Promise<Services> {
  const ports = new Map<ServiceName, readonly number[]>()
  for (const service of serviceNames)
    ports.set(service, await Promise.all(Array.from({ length: copies }, () => freePort())))
  const urls = [...ports].map(([service, each]) => [`${service.toUpperCase()}_URL`, each.map(urlOf).join()] as const)
  const config = readAppConfig({
    SERVICE_SECRET: 'the secret that all services of the shop share',
    ...environment,
    ...Object.fromEntries(urls),
  })
  const closing: (() => Promise<void>)[] = []
  for (const [service, each] of ports) {
    for (const port of each) {
      const own = { ...config, app: { ...config.app, givenPort: port } }
      closing.push(await openService(own, service, adapters))
    }
  }
  const logs = openLogs({ service: 'gateway', version: 'test', level: logLevelOf(config) })
  const gateway = await openGateway(config, logs)
  const address = await gateway.listen({ host: '127.0.0.1', port: 0 })
  return {
    address,
    addressOf: (service) => urlOf(ports.get(service)?.[0] ?? 0),
    close: async () => {
      await gateway.close()
      await Promise.all(closing.map(async (close) => await close()))
    },
  }
}

const urlOf = (port: number) => `http://127.0.0.1:${port}`

async function openService(config: ReturnType<typeof readAppConfig>, service: ServiceName, adapters: Adapters) {
  const own = serviceConfigOf(config, service, { isSingle: true })
  const remote = openRemoteApis({ config, secret: secretOf(config, service), runs: [service] })
  const app = await openApp({ config: own, service, remote, announce: quiet, adapters })
  await seedDemo(app)
  const logs = openLogs({ service, version: 'test', level: logLevelOf(config) })
  const running = await runApp({ app, logs, remote: otherServices(service) })
  return async () => {
    await running.stop()
    await remote.close()
    await app.close()
  }
}
