import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { sql } from 'kysely'
import { Unavailable } from '#platform/outcome'
import { eventually } from '#platform/testing'
import { happened, insertBacklog, noticed, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'
import type { LoggedEvent } from '../log/logged-event.ts'
import { outboxStatus } from '../operator/outbox-status.ts'

const things = useThings()
const settings = { pollInterval: 100 }

/** A broker that confirms a batch when `confirms` says so, and records every attempt and every confirmed event. */
function testBroker(confirms: (batch: readonly LoggedEvent[]) => boolean | Promise<boolean> = () => true) {
  const attempts: number[][] = []
  const confirmed: { key: string; n: number }[] = []
  return {
    attempts,
    confirmed,
    numbers: () => confirmed.map(({ n }) => n),
    group: {
      name: 'relay:things',
      types: [happened.type, noticed.type],
      relay: async (batch: readonly LoggedEvent[]) => {
        const payloads = batch.map(({ data }) => data as { key: string; n: number })
        attempts.push(payloads.map(({ n }) => n))
        if (!(await confirms(batch))) throw new Unavailable('The broker')
        confirmed.push(...payloads)
      },
    },
  }
}

const relay = (broker: ReturnType<typeof testBroker>) => things.consumeGroups([], { relays: [broker.group], settings })
const publishNumbers = async (numbers: readonly number[]) => {
  for (const n of numbers) await publishThings(things.db, [{ key: `k${n % 3}`, n }])
}
const readLag = async () =>
  (await outboxStatus(things.db)).find(({ group }) => group === 'relay:things')?.lag_events ?? 0

let release = () => {}
afterEach(() => release())

test('events are published in the order of the log, and the lag is over when they are confirmed (PLT-4)', async () => {
  const broker = testBroker()
  relay(broker)
  await publishNumbers(upTo(30))
  await eventually(() => assert.deepEqual(broker.numbers(), upTo(30)))
  await eventually(async () => assert.equal(await readLag(), 0))
})

test('a batch that the broker does not confirm is published again, and no later event overtakes it (PLT-4)', async () => {
  let failures = 0
  const broker = testBroker(() => failures++ >= 3)
  await publishNumbers(upTo(10))
  relay(broker)
  await publishNumbers([11, 12, 13])
  await eventually(() => assert.deepEqual(broker.numbers(), upTo(13)))
  for (const attempt of broker.attempts.slice(0, 3)) assert.deepEqual(attempt[0], 1)
})

test('an event that was not confirmed is published by the next process (PLT-4, REL-1)', async () => {
  let asked = 0
  const held = Promise.withResolvers<boolean>()
  release = () => held.resolve(false)
  const broker = testBroker(async () => {
    asked++
    return await held.promise
  })
  await publishNumbers(upTo(5))
  const first = relay(broker)
  await eventually(() => assert.ok(asked > 0))
  assert.ok((await readLag()) >= 5, 'the lag is visible')
  held.resolve(false)
  await first.stop()
  const next = testBroker()
  relay(next)
  await eventually(() => assert.deepEqual(next.numbers(), upTo(5)))
})

test('an event that a broker brought here is not published (PLT-4)', async () => {
  const broker = testBroker()
  await publishNumbers(upTo(4))
  await sql`update platform.event set ingested = true where (data->>'n')::int in (2, 3)`.execute(things.db)
  relay(broker)
  await eventually(() => assert.deepEqual(broker.numbers(), [1, 4]))
})

test('a backlog is published in bounded batches (PLT-4)', async () => {
  const broker = testBroker()
  await insertBacklog(things.pool, 3000, 10)
  relay(broker)
  await eventually(() => assert.equal(broker.confirmed.length, 3000), { within: 20_000 })
  assert.deepEqual(broker.numbers(), upTo(3000))
  assert.ok(Math.max(...broker.attempts.map(({ length }) => length)) <= 250)
})
