import { openBroker, type Broker, type BrokerSettings, type Consumption } from '#platform/broker'
import type { Db } from '#platform/db'
import type { Log, Metric } from '#platform/telemetry'
import { releaseKnown, unknownTypes } from '../log/ingest-events.ts'
import { systemParticipant } from '../register-events.ts'
import { inSpanOfBatch } from '../spans.ts'
import { eventTopologyOf, type EventServices, type EventTopology } from './event-topology.ts'
import { toMessage } from './envelope-message.ts'
import { ingester } from './ingest.ts'
import type { RelayGroup } from './relay-group.ts'

type Needs = Readonly<{ settings: BrokerSettings; services: EventServices; db: Db; log: Log }>

/** The way of events between this process and other services. */
export type EventTransport = Readonly<{
  /** The groups that publish the events of this process at the broker: pass them to `consumeLog`. */
  relays: readonly RelayGroup[]
  /** Starts to take the events of other services. Call it when the types of this process are registered. */
  start: () => Promise<void>
  /** Throws when the broker does not answer. */
  probe: () => Promise<void>
  metrics: readonly Metric[]
  /** Takes no further event, and waits for those at work. */
  stop: () => Promise<void>
  /** Closes the connections to the broker: call it when the relays have stopped. */
  close: () => Promise<void>
}>

/**
 * Opens the broker that the settings name. The embedded one needs no transport: all modules share one log then, whether they
 * run in one process or in several.
 */
export async function carryEvents({ settings, services, db, log }: Needs): Promise<EventTransport> {
  if (settings.kind === 'embedded') return withoutBroker
  const plan = eventTopologyOf(services, settings.queuePrefix)
  const broker = await openBroker({ settings, topology: plan.topology, log })
  return transportOver(broker, { plan, services, db, log })
}

/** The transport over an open broker. */
export function transportOver(
  broker: Broker,
  { plan, services, db, log }: Omit<Needs, 'settings'> & Readonly<{ plan: EventTopology }>,
): EventTransport {
  const subscribed = new Set(
    services.local.flatMap(({ subscriptions = [] }) => subscriptions.map(({ event }) => event.type)),
  )
  const { handle, counts } = ingester({
    db,
    local: new Set(services.local.map(({ name }) => name)),
    subscribed,
    known: new Set(services.remote.flat().flatMap(({ publishes = [] }) => publishes.map(({ type }) => type))),
    log,
  })
  let running: readonly Consumption[] = []
  return {
    relays: relaysOf(services, broker),
    start: async () => {
      const released = await releaseKnown(db, [...subscribed])
      if (released > 0) log.info({ events: released }, 'parked events are known to this release and go on')
      running = plan.own.map((queue) => broker.consume(queue, handle))
    },
    probe: () => broker.probe(),
    metrics: metricsOf({ broker, db, counts }),
    stop: async () => {
      await Promise.all(running.map((consumption) => consumption.stop()))
    },
    close: () => broker.close(),
  }
}

const withoutBroker: EventTransport = {
  relays: [],
  start: async () => {},
  probe: async () => {},
  metrics: [],
  stop: async () => {},
  close: async () => {},
}

/** One group for each module that publishes, so that a service may lead its own beside others over one log. */
const relaysOf = ({ local }: EventServices, broker: Pick<Broker, 'publish'>): RelayGroup[] =>
  [...local, systemParticipant].flatMap(({ name, publishes = [] }) => {
    if (publishes.length === 0) return []
    const definitions = new Map(publishes.map((definition) => [definition.type, definition]))
    return [
      {
        name: `relay:${name}`,
        types: [...definitions.keys()],
        relay: (events) =>
          inSpanOfBatch(`send ${name}`, events, () =>
            broker.publish(
              events.map((event) => toMessage(event, definitions.get(event.type) ?? { alias: undefined })),
            ),
          ),
      },
    ]
  })

type Measured = Readonly<{ broker: Broker; db: Db; counts: ReturnType<typeof ingester>['counts'] }>

const metricsOf = ({ broker, db, counts }: Measured): readonly Metric[] => [
  {
    name: 'ingested_messages_total',
    help: 'Messages of other services that this process took, by outcome',
    kind: 'counter',
    labels: ['outcome'],
    read: () => Object.entries(counts).map(([outcome, value]) => ({ labels: { outcome }, value })),
  },
  {
    name: 'unknown_events',
    help: 'Parked events whose type no release of this service knows',
    labels: ['type'],
    read: async () =>
      (await unknownTypes(db)).map(({ event_type, messages }) => ({ labels: { type: event_type }, value: messages })),
  },
  {
    name: 'broker_dead_letters',
    help: 'Malformed messages among the dead letters of the broker',
    read: async () => [{ value: await broker.countDeadLetters() }],
  },
]
