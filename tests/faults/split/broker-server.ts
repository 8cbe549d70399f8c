import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { chmod, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, isAlive } from '#platform/db'
import { eventually } from '#platform/testing'
import { serviceNames, type ServiceName } from '../../../apps/services/services.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts'

const script = join(import.meta.dirname, '../../../scripts/services.sh')
const run = promisify(execFile)

export type BrokerKind = 'rabbitmq' | 'kafka'

/** A broker of one test file, with a network to each service. It may be killed without harm to the other tests. */
export type BrokerServer = Readonly<{
  /** The networks from each service to the broker. */
  networks: ReadonlyMap<ServiceName, FaultProxy>
  /** The variables of a service that reaches the broker through its network. */
  environmentOf: (service: ServiceName) => Readonly<Record<string, string>>
  /** Kills the server with SIGKILL, with its children. Returns when it is gone. */
  kill: () => Promise<void>
  /** Starts a killed server again, at its ports and with its data. */
  start: () => Promise<void>
  close: () => Promise<void>
}>

/** The ports of the server, by service, and the variable of a service that names its proxy. */
const kinds: Readonly<Record<BrokerKind, Readonly<{ portsOf: () => Promise<number[]>; variableOf: VariableOf }>>> = {
  rabbitmq: {
    portsOf: async () => Array<number>(serviceNames.length).fill(await freePort()),
    variableOf: (port) => ({ RABBITMQ_URL: `amqp://guest:guest@127.0.0.1:${port}` }),
  },
  // A client of Kafka goes to the address that the server names: each network needs a listener that names its proxy.
  kafka: {
    portsOf: async () => await Promise.all(serviceNames.map(() => freePort())),
    variableOf: (port) => ({ KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${port}` }),
  },
}
type VariableOf = (port: number) => Readonly<Record<string, string>>

/** Starts a broker. RabbitMQ must be installed, and Kafka downloaded. */
export async function openBrokerServer(kind: BrokerKind): Promise<BrokerServer> {
  const { portsOf, variableOf } = kinds[kind]
  const directory = mkdtempSync(join(tmpdir(), `posad-${kind}-`))
  await chmod(directory, 0o755)
  const ports = await portsOf()
  const proxies = await Promise.all(ports.map(async (port) => await openFaultProxy(port)))
  const networks = new Map(proxies.map((proxy, at) => [serviceNames[at] ?? 'auth', proxy] as const))
  const services = async (command: 'up' | 'down') =>
    await run(script, [command, kind], {
      env: {
        ...process.env,
        SERVICES_DIRECTORY: directory,
        SERVICES_START_LIMIT: '240',
        RABBITMQ_PORT: String(ports[0]),
        KAFKA_PORT: '',
        KAFKA_PROXIED_PORTS: ports.map((port, at) => `${port}:${proxies[at]?.port}`).join(' '),
      },
    })
  await services('up')
  return {
    networks,
    environmentOf: (service) => ({ EVENT_BROKER_TYPE: kind, ...variableOf(networks.get(service)?.port ?? 0) }),
    kill: async () => {
      const pid = Number(readFileSync(join(directory, kind, 'process'), 'utf8').split('\n', 1)[0])
      assert.ok(pid > 0, 'the server runs')
      process.kill(-pid, 'SIGKILL')
      await eventually(() => assert.ok(!isAlive(pid)), { within: 60_000 })
    },
    start: async () => void (await services('up')),
    close: async () => {
      await Promise.all(proxies.map(async (proxy) => await proxy.close()))
      await services('down')
      await rm(directory, { recursive: true, force: true })
    },
  }
}
