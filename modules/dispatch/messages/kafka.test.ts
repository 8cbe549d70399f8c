import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { networkTo, skipWithout, testServers } from '#platform/broker/testing'
import { consumeLog } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { newId } from '#platform/values'
import { contracts, termsOf, type Contract, type Encoding } from '../contract.ts'
import type { CourseMessages } from '../index.ts'
import { openDispatchTest, type DispatchTest } from '../testing.ts'
import { courseKafka } from './kafka.ts'
import { hasCrashed, killCourses, openDeliverySystem, startCourse } from './kafka-testing.ts'
import { messageType } from './schemas.ts'

const skip = skipWithout('KAFKA_BOOTSTRAP_SERVERS', testServers.kafka)
const network = networkTo(testServers.kafka)
/** A group takes ten seconds to notice that a member is dead. */
const slow = { within: 30_000 }

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
const ends: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  network.back()
  killCourses()
  for (const end of ends.splice(0).toReversed()) await end()
})
after(() => shop.close())

/** A confirmed basket for a cell, as the programs of a generation write it. */
function basketOf(id: string, contract: Contract, encoding: Encoding = 'json'): Buffer {
  const metadata = contract === 'c' && { event_id: newId(), event_type: 'BasketConfirmedIntegrationEvent' }
  const id_ = contract === 'a' || contract === 'b' ? { basketId: id } : { basket_id: id }
  const fields = {
    ...metadata,
    ...id_,
    address: { street: 'cell 2,2' },
    ...(contract === 'b' ? { Volume: 5 } : { volume: 5 }),
  }
  if (encoding === 'json') return Buffer.from(JSON.stringify(fields))
  const type = messageType(contract, 'BasketConfirmedIntegrationEvent')!
  return Buffer.from(type.encode(type.fromObject(fields)).finish())
}

async function deliverySystem(contract: Contract, encoding?: Encoding) {
  const system = await openDeliverySystem(contract, encoding)
  ends.push(system.close)
  return system
}

/** Handles events in this process and exchanges messages with Kafka. */
async function run(messages: CourseMessages, contract: Contract): Promise<void> {
  const grid = shop.gridOver(shop.db, { contract, messages })
  const { subscriptions, relays } = grid
  const settings = { firstBackoff: 50, pollInterval: 200 }
  const groups = [{ name: 'dispatch', subscriptions }]
  const consumer = consumeLog({ ...shop, groups, relays, settings, log })
  await consumer.registered
  const stops = await Promise.all(grid.background.map((part) => part.start(log)))
  ends.push(() => Promise.all([consumer.stop(), ...stops.map((stop) => stop())]))
}

const createdOnce = async (ids: readonly string[]) => {
  for (const id of ids)
    assert.equal((await shop.eventsOf(id)).filter((type) => type === 'created').length, 1, `one order for ${id}`)
}

describe('the messages of the Delivery system over Kafka', { skip }, () => {
  for (const contract of contracts)
    for (const encoding of ['json', 'protobuf'] as const)
      test(`generation ${contract.toUpperCase()} as ${encoding}: a basket comes in, its changes go out by the key of the order (DSP-4)`, async () => {
        const system = await deliverySystem(contract, encoding)
        const id = newId()
        await shop.addCourier({ at: { x: 1, y: 1 } })
        await system.send([{ key: id, value: basketOf(id, contract, encoding) }])
        await run(system.messages, contract)
        const courier_id = await eventually(
          async () => (await shop.orderRow(id)).courier_id ?? assert.fail('it waits'),
          slow,
        )
        if (contract === 'd') await shop.grid.reportMove({ courier_id, x: 2, y: 2 })
        if (contract === 'd') await shop.grid.completeOrder({ courier_id, order_id: id })
        await eventually(async () => assert.equal((await shop.orderRow(id)).status, 'completed'), slow)
        const { reports } = termsOf[contract]
        const ofOrder = () => system.reports.filter(({ key }) => key === id)
        await eventually(() => assert.equal(ofOrder().length, reports.length), slow)
        const last = ofOrder().at(-1)!
        const type = messageType(contract, last.headers['event_type'] ?? '')!
        const fields =
          encoding === 'json'
            ? (JSON.parse(String(last.value)) as Record<string, unknown>)
            : type.toObject(type.decode(last.value))
        assert.equal(fields['order_id'] ?? fields['orderId'], id)
        if (contract === 'a' || contract === 'b') assert.equal(fields['orderStatus'], 3)
        else assert.equal(last.headers['event_type'], 'OrderCompleted')
        await eventually(async () => assert.equal(await system.committed(), 1), slow)
      })

  test('the offset is committed after the effect, and never after a failure (DSP-4, DSP-8)', async () => {
    const system = await deliverySystem('b2')
    let isDown = true
    const seen: number[] = []
    const { background } = courseKafka({
      settings: system.messages,
      now: shop.now,
      onStart: async () => {},
      take: async (messages) => {
        seen.push(messages.length)
        if (isDown) throw new Error('the database is away')
        return messages.map(() => ({ kind: 'known' }) as const)
      },
    })
    ends.push(await background.start(log))
    await system.send([{ key: 'one', value: basketOf(newId(), 'b2') }])
    await eventually(() => assert.ok(seen.length >= 3, 'it is tried again'), slow)
    assert.equal(await system.committed(), 0)
    isDown = false
    await eventually(async () => assert.equal(await system.committed(), 1), slow)
  })

  test('a poison message goes to the dead letters as it came, with its reason, and the next ones go on (DSP-4, DSP-8)', async () => {
    const system = await deliverySystem('b2')
    const [first, last] = [newId(), newId()]
    const poison = Buffer.from([0xff, 0x00, 0x7b, 0xfe])
    await run(system.messages, 'b2')
    await system.send([
      { key: first, value: basketOf(first, 'b2', 'protobuf') },
      { key: first, value: poison },
      { key: first, value: basketOf('basket 7', 'b2') },
      { key: first, value: basketOf(last, 'b2') },
    ])
    await eventually(async () => createdOnce([first, last]), slow)
    await eventually(() => assert.equal(system.deadLetters.length, 2), slow)
    assert.deepEqual(system.deadLetters[0]?.value, poison)
    assert.equal(system.deadLetters[0]?.headers['dead-letter-topic'], system.messages.basketTopic)
    assert.match(system.deadLetters[1]?.headers['dead-letter-reason'] ?? '', /basket_id/)
    await eventually(async () => assert.equal(await system.committed(), 4), slow)
  })

  test('while Kafka is away orders are created, assigned and delivered, and their changes go out later in order (DSP-4)', async () => {
    const system = await deliverySystem('b2')
    await run(system.messages, 'b2')
    const before = newId()
    await system.send([{ key: before, value: basketOf(before, 'b2') }])
    await eventually(async () => createdOnce([before]), slow)
    network.away()
    await shop.addCourier({ at: { x: 1, y: 1 } })
    const id = await shop.addOrder({ at: { x: 2, y: 2 } })
    await eventually(async () => assert.equal((await shop.orderRow(id)).status, 'completed'), slow)
    network.back()
    const reports = await system.reportsAgain()
    const names = () => reports.filter(({ key }) => key === id).map(({ headers }) => headers['event_type'])
    await eventually(() => assert.deepEqual([...new Set(names())], ['OrderCreated', 'OrderCompleted']), {
      within: 35_000,
    })
  })

  test('a process that dies before it commits the offset loses no basket and creates none twice (DSP-2, DSP-4)', async () => {
    const system = await deliverySystem('b2')
    const ids = Array.from({ length: 30 }, () => newId())
    await system.send(ids.map((id) => ({ key: id, value: basketOf(id, 'b2') })))
    const options = { contract: 'b2', messages: system.messages } as const
    await hasCrashed(startCourse(shop.url, options, 'dispatch.after-take.before-offset:1'))
    assert.equal(await system.committed(), 0)
    startCourse(shop.url, options)
    // The sender may repeat messages that Kafka has confirmed too late.
    await eventually(async () => assert.ok((await system.committed()) >= ids.length), slow)
    await eventually(() => createdOnce(ids), slow)
    const reported = () =>
      new Set(system.reports.filter(({ headers }) => headers['event_type'] === 'OrderCreated').map(({ key }) => key))
    await eventually(() => assert.ok(ids.every((id) => reported().has(id))), slow)
  })

  test('a process that dies after it reported an order reports it again under the same id (DSP-4)', async () => {
    const system = await deliverySystem('b2')
    const id = await shop.addOrder({ at: { x: 9, y: 9 }, volume: 9000 })
    const options = { contract: 'b2', messages: system.messages } as const
    await hasCrashed(startCourse(shop.url, options, 'dispatch.after-report.before-checkpoint:1'))
    startCourse(shop.url, options)
    const idsOf = () => system.reports.filter(({ key }) => key === id).map(({ headers }) => headers['event_id'])
    await eventually(() => assert.ok(idsOf().length >= 2, 'it is reported again'), slow)
    assert.equal(new Set(idsOf()).size, 1)
  })

  test('of two processes that share the work one dies, and every basket gets one order and one courier (DSP-7, DSP-8)', async () => {
    const system = await deliverySystem('b2')
    const options = { contract: 'b2', messages: system.messages, step: 30 } as const
    const victim = startCourse(shop.url, options)
    startCourse(shop.url, options)
    for (let i = 0; i < 20; i++) await shop.addCourier({ at: { x: (i % 10) + 1, y: 5 } })
    const ids = Array.from({ length: 120 }, () => newId())
    for (let i = 0; i < ids.length; i += 20)
      await system.send(ids.slice(i, i + 20).map((id) => ({ key: id, value: basketOf(id, 'b2') })))
    await eventually(async () => assert.ok((await shop.eventsOf(ids[0]!)).includes('assigned')), slow)
    await victim.kill('SIGKILL')
    await eventually(
      async () => {
        for (const id of ids) assert.equal((await shop.orderRow(id)).status, 'completed')
      },
      { within: 35_000, every: 200 },
    )
    for (const id of ids) assert.deepEqual(await shop.eventsOf(id), ['created', 'assigned', 'completed'])
    await shop.assertNoViolations()
  })
})
