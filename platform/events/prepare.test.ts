import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  commutative,
  consumeLog,
  subscribe,
  keyLocal,
  publish,
  type Subscription,
  type LogConsumer,
} from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { effect, effectsOf, happened, makeThings, publishThings, upTo } from './fixtures/things.ts'

let database: TestDatabase
let consumer: LogConsumer | undefined
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await makeThings(database.db)
})
afterEach(async () => {
  await consumer?.stop()
  await database.close()
})

const start = (subscriptions: readonly Subscription[]) =>
  (consumer = consumeLog({
    ...database,
    groups: [{ name: 'one', subscriptions }],
    settings: { firstBackoff: 20 },
    log,
  }))
const heard = async () => Object.fromEntries(await effectsOf(database.db, 'one'))
const things = upTo(40).map((n) => ({ key: `k${n % 20}`, n }))
const everyThing = Object.fromEntries(
  Map.groupBy(things, ({ key }) => key)
    .entries()
    .map(([key, of]) => [key, of.map(({ n }) => n)]),
)

/** Keeps with every event what was learned for it; `learn` may throw or take its time. */
const asksFirst = (learn: (n: number) => Promise<number>): Subscription =>
  keyLocal(
    subscribe(
      happened,
      ({ payload: { n } }) => learn(n),
      async (tx, event, learned) => {
        assert.equal(learned, event.payload.n * 10)
        await effect(tx, 'one', event)
      },
    ),
  )

const transactions = async () => {
  const { rows } = await sql<{ count: number }>`
    select count(distinct xmin::text)::int as count from things.effect`.execute(database.db)
  return rows[0]?.count ?? 0
}

test('what was asked for one by one is kept together, each event with what was learned for it (PLT-2, PERF-2)', async () => {
  await publishThings(database.db, things)
  start([asksFirst(async (n) => n * 10)])
  await eventually(async () => assert.deepEqual(await heard(), everyThing))
  assert.ok((await transactions()) < things.length, `${await transactions()} transactions`)
})

test('while one answer is long in coming, the others are heard (R10)', async () => {
  let answer = () => {}
  const late = new Promise<void>((resolve) => (answer = resolve))
  start([
    asksFirst(async (n) => {
      if (n === 1) await late
      return n * 10
    }),
  ])
  await publishThings(database.db, things)
  const { k1, ...others } = everyThing
  await eventually(async () => assert.deepEqual(await heard(), others))
  answer()
  await eventually(async () => assert.deepEqual((await heard())['k1'], k1))
})

test('a question that fails is asked again for its own event only; what others learned is not lost (PLT-2)', async () => {
  const asked: number[] = []
  start([
    asksFirst(async (n) => {
      asked.push(n)
      await sleep(1)
      if (n === 7 && asked.filter((each) => each === 7).length < 3) throw new Error('no answer')
      return n * 10
    }),
  ])
  await publishThings(database.db, things)
  await eventually(async () => assert.deepEqual(await heard(), everyThing))
  const counts = new Map(upTo(40).map((n) => [n, asked.filter((each) => each === n).length]))
  assert.equal(counts.get(7), 3)
  assert.ok(
    [...counts].every(([n, count]) => count === 1 || n === 7),
    JSON.stringify([...counts]),
  )
})

/** Hears things slowly; the most transactions that were hearing at once. */
function slowly() {
  const open = new Map<string, number>()
  let most = 0
  const slow = subscribe(happened, async (tx, event) => {
    const { rows } = await sql<{ id: string }>`select pg_current_xact_id()::text as id`.execute(tx)
    const id = rows[0]?.id ?? ''
    open.set(id, (open.get(id) ?? 0) + 1)
    most = Math.max(most, open.size)
    await sleep(60)
    await effect(tx, 'one', event)
    if (open.get(id) === 1) open.delete(id)
    else open.set(id, (open.get(id) ?? 0) - 1)
  })
  return { slow, most: () => most }
}

const manyKeys = upTo(60).map((n) => ({ key: `k${n}`, n }))

test('where hearers keep to their keys two batches are at work; where they share rows, or say nothing, one (PERF-2)', async () => {
  for (const [of, most] of [
    [keyLocal, 2],
    [commutative, 1],
  ] as const) {
    const hearing = slowly()
    const settings = { batchSize: 20 }
    consumer = consumeLog({ ...database, groups: [{ name: 'one', subscriptions: [of(hearing.slow)] }], settings, log })
    const before = Object.values(await heard()).flat().length
    await publishThings(database.db, manyKeys)
    await eventually(async () => assert.equal(Object.values(await heard()).flat().length, before + 60))
    assert.equal(hearing.most(), most)
    await consumer.stop()
  }
})

test('an event told again under its id, as a saga tells its commands, asks nobody a second time (PLT-2)', async () => {
  const asked: string[] = []
  start([
    keyLocal(
      subscribe(
        happened,
        async ({ event_id }) => void asked.push(event_id),
        (tx, event) => effect(tx, 'one', event),
      ),
    ),
  ])
  const event_id = newId()
  const say = () => transaction(database.db, (tx) => publish(tx, [happened({ key: 'k', n: 1 }, event_id)]))
  await say()
  await eventually(async () => assert.deepEqual(await heard(), { k: [1] }))
  await say()
  await eventually(() => assert.equal(consumer?.measures()[0]?.duplicates, 1))
  assert.deepEqual([asked, await heard()], [[event_id], { k: [1] }])
})
