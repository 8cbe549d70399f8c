import { setTimeout as sleep } from 'node:timers/promises'
import { serviceNames, type ServiceName } from '../../../apps/services/services.ts'
import type { FaultProxy, NetworkMood } from './fault-proxy.ts'
import type { SplitShop } from './split-shop.ts'

/** A fault: `inject` returns when its cause is gone, and the shop has only to recover. */
export type Fault = Readonly<{ name: string; inject: (shop: SplitShop, milliseconds: number) => Promise<void> }>

const kill = (service: ServiceName): Fault => ({
  name: `kill -9 of ${service}`,
  inject: (shop) => shop.restart(service),
})

/** The service dies by kill -9, and again in the middle of its work. */
const crash = (service: ServiceName, point: string): Fault => ({
  name: `kill -9 of ${service} at ${point.replace(':', ', pass ')}`,
  inject: (shop) => shop.restart(service, point),
})

type Network = Readonly<{
  name: string
  proxyOf: (shop: SplitShop) => readonly (FaultProxy | undefined)[]
}>

const ofBroker = (service: ServiceName): Network => ({
  name: `${service} and the broker`,
  proxyOf: ({ broker }) => [broker.networks.get(service)],
})
const ofDatabase = (service: ServiceName): Network => ({
  name: `${service} and its database`,
  proxyOf: ({ toDatabase }) => [toDatabase.get(service)],
})
const ofAllToBroker: Network = {
  name: 'all services and the broker',
  proxyOf: ({ broker }) => [...broker.networks.values()],
}

const network = (mood: NetworkMood, { name, proxyOf }: Network): Fault => ({
  name: `${mood}: the network between ${name}`,
  inject: async (shop, milliseconds) => {
    const proxies = proxyOf(shop)
    for (const proxy of proxies) proxy?.become(mood)
    await sleep(milliseconds)
    for (const proxy of proxies) proxy?.become('well')
  },
})

const killBroker: Fault = {
  name: 'kill -9 of the broker',
  inject: async ({ broker }, milliseconds) => {
    await broker.kill()
    await sleep(milliseconds)
    await broker.start()
  },
}

/** The faults of a broker and of its clients. The crash points repeat messages: one before the broker has the receipt, one after. */
export const brokerRun: readonly Fault[] = [
  killBroker,
  kill('ordering'),
  crash('delivery', 'ingest.after-commit.before-acknowledge:2'),
  crash('payments', 'events.after-commit.before-checkpoint:2'),
  network('cut', ofAllToBroker),
  network('black hole', ofAllToBroker),
]

/** The faults of every run: each program, the broker, a database, a network, and two deaths in the middle of work. */
export const shortRun: readonly Fault[] = [
  ...serviceNames.map(kill),
  killBroker,
  { name: 'kill -9 of the database of ordering', inject: ({ database }) => database.kill() },
  crash('ordering', 'saga.stepped.before-commit:3'),
  network('black hole', ofDatabase('payments')),
  crash('delivery', 'ingest.after-commit.before-acknowledge:2'),
  network('cut', ofAllToBroker),
]

/** The other faults, for long runs. */
export const longRun: readonly Fault[] = [
  ...shortRun,
  network('cut', ofBroker('ordering')),
  crash('payments', 'payments.after-provider.before-save:2'),
  network('black hole', ofBroker('payments')),
  network('cut', ofDatabase('shop')),
  network('slow', ofAllToBroker),
  crash('ordering', 'ordering.after-hold.before-order:2'),
  network('slow', ofDatabase('ordering')),
  crash('shop', 'events.after-commit.before-checkpoint:3'),
  network('black hole', ofBroker('shop')),
  network('black hole', ofAllToBroker),
]
