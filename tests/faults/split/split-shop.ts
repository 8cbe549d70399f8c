import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { freePort } from '#platform/db'
import { eventually, testDatabase } from '#platform/testing'
import { minutes } from '#platform/values'
import { databaseVariableOf, serviceNames, type ServiceName } from '../../../apps/services/services.ts'
import { secrets } from '../../e2e/secrets.ts'
import { spawnPosad } from '../../start/shop-process.ts'
import { openBrokerServer, type BrokerKind, type BrokerServer } from './broker-server.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts'
import { openKillableDatabase, type KillableDatabase } from './killable-database.ts'

/** The service whose database has a server of its own, which may be killed. */
const ownServer: ServiceName = 'ordering'

/** Every service in a process of its own, behind a gateway, with a database of its own and proxies to it and to the broker. */
export type SplitShop = Readonly<{
  /** The address of the gateway. */
  address: string
  broker: BrokerServer
  database: KillableDatabase
  /** The networks from each service to its database. */
  toDatabase: ReadonlyMap<ServiceName, FaultProxy>
  /** The databases themselves, past the proxies. */
  databases: ReadonlyMap<ServiceName, string>
  /** Kills a service with SIGKILL and starts it again. `crashAt` names a crash point at which it then dies once more. */
  restart: (service: ServiceName, crashAt?: string) => Promise<void>
  /** Waits until every service can work. */
  ready: () => Promise<void>
  /** Ends every process with SIGTERM, and returns the exit codes. */
  stop: () => Promise<readonly (number | string)[]>
  output: () => string
  close: () => Promise<void>
}>

type Process = ReturnType<typeof spawnPosad>

/** Starts the services. The broker is a server of this shop. `settings` names the directory of their files. */
export async function openSplitShop(
  kind: BrokerKind,
  settings: Readonly<Record<string, string>> & { POSAD_DATA: string },
): Promise<SplitShop> {
  const [broker, database] = await Promise.all([openBrokerServer(kind), openKillableDatabase()])
  const others = serviceNames.filter((service) => service !== ownServer)
  const opened = await Promise.all(others.map(async (service) => [service, await testDatabase({ size: 1 })] as const))
  const databases = new Map<ServiceName, string>([
    ...opened.map(([service, { url }]) => [service, url] as const),
    [ownServer, database.url],
  ])
  const toDatabase = await proxiesTo((service) => databases.get(service) ?? '')
  const ports = new Map<string, number>()
  for (const name of [...serviceNames, 'gateway']) ports.set(name, await freePort())
  const urls = serviceNames.map((name) => [`${name.toUpperCase()}_URL`, `http://127.0.0.1:${ports.get(name)}`])
  const exchange = `posad-faults-${randomUUID().slice(0, 8)}`
  const environmentOf = (name: ServiceName | 'gateway') => ({
    ...secrets,
    ...settings,
    ...Object.fromEntries(urls),
    APP_PORT: String(ports.get(name)),
    SERVICE_SECRET: 'the secret that all services of the shop share',
    EVENT_EXCHANGE: exchange,
    EVENT_QUEUE_PREFIX: exchange,
    MIGRATE_ON_START: 'false',
    DB_POOL_SIZE: '4',
    DB_MAX_OVERFLOW: '4',
    ...(name !== 'gateway' && {
      ...broker.environmentOf(name),
      [databaseVariableOf(name)]: through(databases.get(name) ?? '', toDatabase.get(name)),
    }),
  })
  const processes = new Map<ServiceName | 'gateway', Process>()
  const ended: string[] = []
  let isStopping = false
  const start = (service: ServiceName, extra: Readonly<Record<string, string>> = {}) => {
    const child = spawnPosad(`start ${service}`, { ...environmentOf(service), ...extra })
    processes.set(service, child)
    // A supervisor starts a process that has died, as systemd or Kubernetes does.
    void child.exited.then((code) => {
      ended.push(`${service} ended with ${code}: ${child.output().slice(-2000)}`)
      if (!isStopping && processes.get(service) === child) start(service)
    })
  }
  const isReady = async (name: string) => {
    const { status } = await fetch(`http://127.0.0.1:${ports.get(name)}/health/ready`, {
      signal: AbortSignal.timeout(2000),
    })
    assert.equal(status, 200, name)
  }
  const ready = async () =>
    await eventually(async () => void (await Promise.all(serviceNames.map(isReady))), {
      within: minutes(6),
      every: 100,
    })

  for (const service of serviceNames)
    start(service, service === 'shop' || service === 'delivery' ? { DEMO_DATA: 'true' } : {})
  processes.set('gateway', spawnPosad('gateway', environmentOf('gateway')))
  const address = `http://127.0.0.1:${ports.get('gateway')}`
  const stop = async () => {
    isStopping = true
    return await Promise.all(
      [...processes.values()].map(async ({ child, exited }) => {
        child.kill('SIGTERM')
        return await exited
      }),
    )
  }
  const shop: SplitShop = {
    address,
    broker,
    database,
    toDatabase,
    databases,
    restart: async (service, crashAt) => {
      const killed = processes.get(service)
      processes.delete(service)
      killed?.child.kill('SIGKILL')
      await killed?.exited
      start(service, crashAt === undefined ? {} : { CRASH_AT: crashAt })
    },
    ready,
    stop,
    output: () => ended.join('\n'),
    close: async () => {
      await stop()
      await Promise.all([...toDatabase.values()].map(async (proxy) => await proxy.close()))
      await Promise.all(opened.map(async ([, one]) => await one.close()))
      await Promise.all([broker.close(), database.close()])
    },
  }
  try {
    await ready()
    return shop
  } catch (error) {
    const outputs = [...processes].map(([name, { output }]) => `${name}: ${output().slice(-2000)}`)
    await shop.close()
    throw new Error(`The services do not become ready:\n${outputs.join('\n')}`, { cause: error })
  }
}

const proxiesTo = async (urlOf: (service: ServiceName) => string) =>
  new Map(
    await Promise.all(
      serviceNames.map(async (name) => [name, await openFaultProxy(Number(new URL(urlOf(name)).port))] as const),
    ),
  )

/** The address through a proxy. The Unix socket of a database would bypass it. */
function through(url: string, proxy: FaultProxy | undefined): string {
  const proxied = new URL(url)
  proxied.host = `127.0.0.1:${proxy?.port}`
  proxied.searchParams.delete('host')
  return proxied.href
}
