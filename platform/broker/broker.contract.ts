import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unavailable } from '#platform/outcome'
import { eventually } from '#platform/testing'
import { newId } from '#platform/values'
import type { BatchHandler, Broker, OutgoingMessage, Queue, Topology } from './broker.ts'

/** A kind of broker under test. */
export type TestedBrokers = Readonly<{
  /** Opens the broker as one process would. Every process of a test names the same topology. */
  open: (topology: Topology) => Promise<Broker>
  /** False for a broker that hands messages over without storing them. */
  stores: boolean
  /** Breaks every connection; `away` also keeps new ones from being made, until `back` is called. */
  network?: Readonly<{ cut: () => void; away: () => void; back: () => void }>
  /** Milliseconds in which the broker recovers. */
  recovery: number
  close?: () => Promise<void>
}>

const typeOf = (source: string) => `${source}.thing-happened.v1`

/** A topology of its own for each test. */
function newTopology(): Topology & { queue: Queue } {
  const source = `things${newId().replaceAll('-', '').slice(-12)}`
  const queue = { name: `reader_${source}_events`, source, types: [typeOf(source)] }
  return { sources: [source], queues: [queue], queue }
}

const message = (source: string, key: string, n: number): OutgoingMessage => ({
  id: newId(),
  type: typeOf(source),
  source,
  key,
  headers: { ce_type: typeOf(source), ce_partitionkey: key },
  body: JSON.stringify({ key, n, name: 'чай' }),
})

type Read = Readonly<{ key: string; n: number }>

/** A handler that records what it accepts. */
function recorder(before: (batch: readonly Read[]) => void | Promise<void> = () => {}) {
  const seen: Read[] = []
  const handle: BatchHandler = async (messages) => {
    const batch = messages.map(({ body }) => JSON.parse(body) as Read)
    await before(batch)
    seen.push(...batch)
    return batch.map(() => 'accepted')
  }
  return { handle, seen, of: (key: string) => seen.filter((read) => read.key === key).map(({ n }) => n) }
}

/** Asserts that each number was seen, for the first time in ascending order. */
const assertInOrder = (seen: readonly number[], count: number) =>
  assert.deepEqual(
    [...new Set(seen)],
    Array.from({ length: count }, (_, n) => n),
  )

/** The contract of every broker. */
export function brokerContract(name: string, brokers: TestedBrokers, options: { skip?: string | false } = {}): void {
  describe(`${name} as a broker`, { skip: options.skip ?? false }, () => {
    const opened: Broker[] = []
    const open = async (topology: Topology) => {
      const broker = await brokers.open(topology)
      opened.push(broker)
      return broker
    }
    after(async () => {
      await Promise.all(opened.map((broker) => broker.close()))
      await brokers.close?.()
    })
    delivers(open, brokers)
    redelivers(open, brokers)
    if (brokers.stores) keeps(open, brokers)
    if (brokers.network) recovers(open, { ...brokers, network: brokers.network })
  })
}

type Open = TestedBrokers['open']

function delivers(open: Open, { recovery }: TestedBrokers): void {
  test('a message arrives with its headers and its body (PLT-3, PLT-5)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const arrived: unknown[] = []
    broker.consume(queue, async (messages) => {
      arrived.push(...messages)
      return messages.map(() => 'accepted')
    })
    const sent = message(queue.source, 'a', 1)
    await publishWithConsumer(broker, [sent], recovery)
    await eventually(() => assert.equal(arrived.length, 1), { within: recovery })
    assert.deepEqual(arrived, [{ headers: sent.headers, body: sent.body }])
  })

  test('messages of a key keep their order, also over batches (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const { handle, seen, of } = recorder()
    broker.consume(queue, handle)
    const keys = ['a', 'b', 'c', 'd', 'e']
    for (let batch = 0; batch < 4; batch++) {
      const numbers = Array.from({ length: 10 }, (_, i) => batch * 10 + i)
      await publishWithConsumer(
        broker,
        numbers.flatMap((n) => keys.map((key) => message(queue.source, key, n))),
        recovery,
      )
    }
    await eventually(() => assert.equal(seen.length, 200), { within: recovery })
    for (const key of keys) assertInOrder(of(key), 40)
  })

  test('a message that no queue takes is confirmed and does not hold up the next one (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const { handle, seen } = recorder()
    broker.consume(queue, handle)
    const unrouted = { ...message(queue.source, 'a', 0), type: `${queue.source}.thing-ignored.v1` }
    await publishWithConsumer(broker, [unrouted, message(queue.source, 'a', 1)], recovery)
    await eventually(() => assert.equal(seen.at(-1)?.n, 1), { within: recovery })
  })
}

/** A broker that stores nothing refuses messages until the consumer of their queue runs. */
const publishWithConsumer = (broker: Broker, messages: readonly OutgoingMessage[], within: number) =>
  eventually(() => broker.publish(messages), { within })

function redelivers(open: Open, { recovery }: TestedBrokers): void {
  test('a message whose handler fails is delivered again, before the next one of its key (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    let failures = 0
    const { handle, of } = recorder(() => {
      if (failures++ < 2) throw new Error('the database is away')
    })
    broker.consume(queue, handle)
    await publishWithConsumer(
      broker,
      Array.from({ length: 20 }, (_, n) => message(queue.source, 'a', n)),
      recovery,
    )
    await eventually(() => assert.equal(new Set(of('a')).size, 20), { within: recovery })
    assertInOrder(of('a'), 20)
    assert.ok(failures > 2)
  })

  test('a malformed message goes to the dead letters, and the next one is delivered (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const before = await broker.countDeadLetters()
    const accepted: Read[] = []
    broker.consume(queue, async (messages) =>
      messages.map(({ body }) => {
        const read = JSON.parse(body) as Read
        if (read.n === 1) return 'malformed'
        accepted.push(read)
        return 'accepted'
      }),
    )
    await publishWithConsumer(
      broker,
      [0, 1, 2].map((n) => message(queue.source, 'a', n)),
      recovery,
    )
    await eventually(() => assert.deepEqual([...new Set(accepted.map(({ n }) => n))], [0, 2]), { within: recovery })
    await eventually(async () => assert.equal(await broker.countDeadLetters(), before + 1), { within: recovery })
  })
}

function keeps(open: Open, { recovery }: TestedBrokers): void {
  test('messages wait for a consumer that starts later (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    await broker.publish(Array.from({ length: 20 }, (_, n) => message(queue.source, 'a', n)))
    const { handle, of } = recorder()
    broker.consume(queue, handle)
    await eventually(() => assert.equal(new Set(of('a')).size, 20), { within: recovery })
    assertInOrder(of('a'), 20)
  })

  test('the next consumer gets the messages that the one before has not accepted (PLT-3)', async () => {
    const { queue, ...topology } = newTopology()
    const [first, second] = [await open(topology), await open(topology)]
    let started = false
    const held = Promise.withResolvers<void>()
    const firstConsumer = first.consume(queue, async () => {
      started = true
      await held.promise
      throw new Error('the process ends')
    })
    await first.publish(Array.from({ length: 20 }, (_, n) => message(queue.source, 'a', n)))
    await eventually(() => assert.ok(started), { within: recovery })
    const { handle, seen, of } = recorder()
    second.consume(queue, handle)
    await sleep(200)
    assert.deepEqual(seen, [], 'one consumer of a key at a time')
    held.resolve()
    await firstConsumer.stop()
    await eventually(() => assert.equal(new Set(of('a')).size, 20), { within: recovery })
    assertInOrder(of('a'), 20)
  })
}

type WithNetwork = TestedBrokers & Required<Pick<TestedBrokers, 'network'>>

function recovers(open: Open, { network, recovery }: WithNetwork): void {
  test('lost connections lose no message and no order (PLT-3, PLT-4)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const { handle, seen, of } = recorder()
    broker.consume(queue, handle)
    for (let n = 0; n < 60; n += 5) {
      if (n % 20 === 10) network.cut()
      const batch = [0, 1, 2, 3, 4].flatMap((i) => ['a', 'b'].map((key) => message(queue.source, key, n + i)))
      const published = publishWithConsumer(broker, batch, recovery)
      if (n % 20 === 0) network.cut()
      await published
    }
    await eventually(() => assert.equal(new Set(seen.map(({ key, n }) => `${key} ${n}`)).size, 120), {
      within: recovery,
    })
    for (const key of ['a', 'b']) assertInOrder(of(key), 60)
  })

  test('a broker that is away is reported, and is used again when it is back (PLT-4)', async () => {
    const { queue, ...topology } = newTopology()
    const broker = await open(topology)
    const { handle, seen } = recorder()
    broker.consume(queue, handle)
    await publishWithConsumer(broker, [message(queue.source, 'a', 0)], recovery)
    network.away()
    try {
      await assert.rejects(broker.publish([message(queue.source, 'a', 1)]), Unavailable)
      await assert.rejects(broker.probe(), Unavailable)
    } finally {
      network.back()
    }
    await eventually(() => broker.publish([message(queue.source, 'a', 1)]), { within: recovery })
    await eventually(() => broker.probe(), { within: recovery })
    await eventually(() => assert.ok(seen.some(({ n }) => n === 1)), { within: recovery })
  })
}
