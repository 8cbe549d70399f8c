import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { openBroker, type Broker, type BrokerSettings } from '#platform/broker'
import { transaction } from '#platform/db'
import { publish, subscribe, type EventEnvelope, type Subscription } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { killConsumers, startService } from '../fixtures/start-consumer.ts'
import { createThings, effectsOf, happened, insertEffects, noticed, publishThings } from '../fixtures/things.ts'
import { outboxStatus } from '../operator/outbox-status.ts'
import { consumeLog, type LogConsumer } from '../processing/consume-log.ts'
import type { EventParticipant } from '../register-events.ts'
import { transportOver, type EventTransport } from './carry-events.ts'
import { eventTopologyOf } from './event-topology.ts'

/** A kind of broker under the transport. */
export type TestedTransport = Readonly<{
  settings: BrokerSettings
  /** Breaks every connection; `away` also keeps new ones from being made, until `back` is called. */
  network?: Readonly<{ away: () => void; back: () => void }>
  recovery: number
}>

const things: EventParticipant = { name: 'things', publishes: [happened, noticed] }
const reader = (subscriptions: readonly Subscription[]): EventParticipant => ({ name: 'reader', subscriptions })

/** Services, each with a database of its own, as separate processes have. */
class Services {
  readonly settings: BrokerSettings
  readonly #prefix = `${newId().slice(-12)}.`
  readonly #stops: (() => Promise<unknown>)[] = []
  #shared: Promise<Broker> | undefined

  constructor(settings: BrokerSettings) {
    // Topics and queues of their own for each test.
    this.settings = { ...settings, exchange: `${settings.exchange}-${this.#prefix}`, queuePrefix: this.#prefix }
  }

  /** The embedded broker is within one process, so all services share it. */
  async #open(local: EventParticipant, remote: EventParticipant) {
    const plan = eventTopologyOf({ local: [local], remote: [[remote]] }, this.#prefix)
    if (this.settings.kind !== 'embedded')
      return { plan, broker: await openBroker({ settings: this.settings, topology: plan.topology, log }) }
    this.#shared ??= openBroker({ settings: this.settings, topology: plan.topology, log })
    return { plan, broker: await this.#shared }
  }

  /** Starts a service with one module beside a service with another one. */
  async start(database: TestDatabase, local: EventParticipant, remote: EventParticipant): Promise<Service> {
    const { plan, broker } = await this.#open(local, remote)
    const services = { local: [local], remote: [[remote]] }
    const transport = transportOver(broker, { plan, services, db: database.db, log })
    const groups = [{ name: local.name, subscriptions: local.subscriptions ?? [] }]
    const settings = { firstBackoff: 50, pollInterval: 200 }
    const consumer = consumeLog({ ...database, groups, relays: transport.relays, settings, log })
    await consumer.registered
    await transport.start()
    const service = { database, consumer, transport, broker }
    this.#stops.push(() => stopService(service))
    return service
  }

  async close(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()))
  }
}

type Service = Readonly<{ database: TestDatabase; consumer: LogConsumer; transport: EventTransport; broker: Broker }>

async function stopService({ consumer, transport }: Service): Promise<void> {
  await Promise.all([transport.stop(), consumer.stop()])
  await transport.close()
}

const countEvents = async ({ db }: TestDatabase) =>
  (await sql<{ count: number }>`select count(*)::int as count from platform.event`.execute(db)).rows[0]?.count
const handledBy = async ({ db }: TestDatabase) => Object.fromEntries(await effectsOf(db, 'reader'))
const relayStatus = async ({ db }: TestDatabase) =>
  (await outboxStatus(db)).find(({ group }) => group === 'relay:things')

/** The contract of the way of events from one service to another, over any broker. */
export function transportContract(
  name: string,
  tested: TestedTransport,
  options: { skip?: string | false } = {},
): void {
  describe(`events between services over ${name}`, { skip: options.skip ?? false }, () => {
    let services: Services
    let source: TestDatabase
    let target: TestDatabase
    beforeEach(async () => {
      services = new Services(tested.settings)
      ;[source, target] = [await testDatabase({ parts: [] }), await testDatabase({ parts: [] })]
      await createThings(source.db)
      await createThings(target.db)
    })
    afterEach(async () => {
      await killConsumers()
      await services.close()
      await Promise.all([source.close(), target.close()])
    })
    const opened = () => ({ services, source, target, within: tested.recovery })
    arrives(opened)
    repeats(opened)
    if (tested.network) waits(opened, tested.network)
    if (tested.settings.kind !== 'embedded') survives(opened)
  })
}

type Opened = () => Readonly<{ services: Services; source: TestDatabase; target: TestDatabase; within: number }>

function arrives(opened: Opened): void {
  test('an event of another service is handled once, in order per key, with all its fields (PLT-3, PLT-5)', async () => {
    const { services, source, target, within } = opened()
    const arrived: EventEnvelope[] = []
    const record = subscribe(noticed, async (_, event) => void arrived.push(event))
    const module = reader([insertEffects('reader'), record])
    await services.start(source, things, module)
    await services.start(target, module, things)
    for (let n = 0; n < 30; n++)
      await publishThings(
        source.db,
        ['a', 'b', 'c'].map((key) => ({ key, n })),
      )
    await transaction(source.db, (tx) => publish(tx, [noticed({ key: 'd', n: 1 })]))
    const numbers = Array.from({ length: 30 }, (_, n) => n)
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: numbers, b: numbers, c: numbers }), {
      within,
    })
    await eventually(() => assert.equal(arrived.length, 1), { within })
    const [envelope] = arrived
    const { rows } = await sql<{ event_id: string; correlation_id: string; occurred_at: Date }>`
      select event_id, correlation_id, occurred_at from platform.event where type = ${noticed.type}
    `.execute(source.db)
    assert.deepEqual(
      [envelope?.event_id, envelope?.timestamp, envelope?.service, envelope?.metadata.key],
      [rows[0]?.event_id, rows[0]?.occurred_at.toISOString(), 'things', 'd'],
    )
    assert.equal(envelope?.metadata.correlation_id, rows[0]?.correlation_id)
  })

  test('an event that came from a broker is not published there again (PLT-4)', async () => {
    const { services, source, target, within } = opened()
    const module = reader([insertEffects('reader')])
    await services.start(source, things, module)
    // Both services use one database here: the log of the reader is that of things.
    await services.start(source, module, things)
    await publishThings(source.db, [{ key: 'a', n: 1 }])
    await eventually(async () => assert.deepEqual(await handledBy(source), { a: [1] }), { within })
    await services.start(target, reader([insertEffects('reader')]), things)
    await publishThings(source.db, [{ key: 'a', n: 2 }])
    await eventually(async () => assert.deepEqual(await handledBy(source), { a: [1, 2] }), { within })
    await eventually(async () => assert.equal((await relayStatus(source))?.lag_events, 0), { within })
    assert.equal(await countEvents(source), 2)
  })
}

function repeats(opened: Opened): void {
  test('a message that the broker delivers twice is one event (PLT-2, PLT-3)', async () => {
    const { services, source, target, within } = opened()
    const module = reader([insertEffects('reader')])
    const { broker, consumer } = await services.start(source, things, module)
    await services.start(target, module, things)
    await publishThings(source.db, [{ key: 'a', n: 1 }])
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: [1] }), { within })
    // The relay of a process that died before its checkpoint publishes again.
    await eventually(async () => assert.equal((await relayStatus(source))?.lag_events, 0), { within })
    await consumer.stop()
    await sql`update platform.consumer set snapshot = '1:1:', open_window = null, position = 0`.execute(source.db)
    const again = transportOver(broker, {
      plan: eventTopologyOf({ local: [things], remote: [[module]] }, ''),
      services: { local: [things], remote: [[module]] },
      db: source.db,
      log,
    })
    const relay = consumeLog({ ...source, groups: [], relays: again.relays, log })
    await publishThings(source.db, [{ key: 'a', n: 2 }])
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: [1, 2] }), { within })
    await relay.stop()
    assert.equal(await countEvents(target), 2)
  })

  test('a command that is published again revives its dead message in the other service (ORD-6)', async () => {
    const { services, source, target, within } = opened()
    let broken = true
    const module = reader([
      insertEffects('reader', () => {
        if (broken) throw new Error('a bug')
      }),
    ])
    await services.start(source, things, module)
    await services.start(target, module, things)
    const command = happened({ key: 'a', n: 1 }, newId())
    await transaction(source.db, (tx) => publish(tx, [command]))
    await eventually(
      async () => {
        const { rows } = await sql<{ state: string }>`select state from platform.parked`.execute(target.db)
        assert.deepEqual(rows, [{ state: 'dead' }])
      },
      { within: within + 5000 },
    )
    broken = false
    await transaction(source.db, (tx) => publish(tx, [command]))
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: [1] }), { within })
  })
}

function waits(opened: Opened, network: NonNullable<TestedTransport['network']>): void {
  test('while the broker is away business goes on, the lag is visible, and it drains by itself (PLT-4)', async () => {
    const { services, source, target, within } = opened()
    const module = reader([insertEffects('reader')])
    const { transport, consumer } = await services.start(source, things, module)
    await services.start(target, module, things)
    await publishThings(source.db, [{ key: 'a', n: 0 }])
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: [0] }), { within })
    network.away()
    try {
      for (let n = 1; n <= 20; n++) await publishThings(source.db, [{ key: 'a', n }])
      await eventually(async () => {
        assert.ok(((await relayStatus(source))?.lag_events ?? 0) >= 20)
        assert.ok(consumer.measures().some(({ group, outstanding }) => group === 'relay:things' && outstanding > 0))
      })
      await assert.rejects(transport.probe())
    } finally {
      network.back()
    }
    const numbers = Array.from({ length: 21 }, (_, n) => n)
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: numbers }), { within })
    await eventually(async () => assert.equal((await relayStatus(source))?.lag_events, 0), { within })
    await transport.probe()
  })
}

function survives(opened: Opened): void {
  const module = reader([insertEffects('reader')])
  const ten = Array.from({ length: 10 }, (_, n) => n)

  test('a process that dies between the commit and the acknowledgement takes no event twice (REL-1)', async () => {
    const { services, source, target, within } = opened()
    await services.start(source, things, module)
    const options = { settings: services.settings, name: 'reader' } as const
    const victim = startService(target.url, options, { CRASH_AT: 'ingest.after-commit.before-acknowledge:1' })
    for (const n of ten) await publishThings(source.db, [{ key: 'a', n }])
    await victim.exited
    assert.equal(victim.process.signalCode, 'SIGKILL')
    await services.start(target, module, things)
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: ten }), { within })
    assert.equal(await countEvents(target), 10)
  })

  test('a process that dies between the confirmation and its checkpoint publishes again, and nothing happens twice (REL-1)', async () => {
    const { services, source, target, within } = opened()
    await services.start(target, module, things)
    const options = { settings: services.settings, name: 'things' } as const
    for (const n of ten) await publishThings(source.db, [{ key: 'a', n }])
    const victim = startService(source.url, options, { CRASH_AT: 'events.after-commit.before-checkpoint:1' })
    await victim.exited
    assert.equal(victim.process.signalCode, 'SIGKILL')
    await services.start(source, things, module)
    await publishThings(source.db, [{ key: 'a', n: 10 }])
    await eventually(async () => assert.deepEqual(await handledBy(target), { a: [...ten, 10] }), { within })
    assert.equal(await countEvents(target), 11)
  })
}
