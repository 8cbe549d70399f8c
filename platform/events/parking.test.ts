import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  consumeLog,
  deadMessages,
  subscribe,
  messageDeadLettered,
  outboxStatus,
  retryAll,
  retryMessage,
  skipMessage,
  publish,
  type Subscription,
  type LogConsumer,
  type LogSettings,
} from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { effect, effectsOf, happened, leaveEffects, makeThings, publishThings, upTo } from './fixtures/things.ts'

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

const hasty: Partial<LogSettings> = { firstBackoff: 20, longestBackoff: 40 }
const start = (subscriptions: readonly Subscription[], settings: Partial<LogSettings> = hasty) =>
  (consumer = consumeLog({ ...database, groups: [{ name: 'one', subscriptions }], settings, log }))
const heard = async () => Object.fromEntries(await effectsOf(database.db, 'one'))
const onlyDead = async () => {
  const { items, total } = await deadMessages(database.db)
  assert.equal(total, 1)
  assert.ok(items[0])
  return items[0]
}
const operator = { group: 'one', who: 'olga' }

test('a message that nobody can hear holds up its own key and nothing else (R10)', async () => {
  const refusing = { now: true }
  start(
    [
      leaveEffects('one', ({ payload: { key, n } }) => {
        if (refusing.now && key === 'bad' && n === 2) throw new Error('no such order')
      }),
    ],
    { ...hasty, maxAttempts: 1000 },
  )
  await publishThings(
    database.db,
    upTo(5).flatMap((n) => [
      { key: 'bad', n },
      { key: 'good', n },
    ]),
  )
  await eventually(async () => assert.deepEqual(await heard(), { bad: [1], good: upTo(5) }))
  await eventually(async () => {
    const [status] = await outboxStatus(database.db)
    assert.deepEqual([status?.retrying, status?.behind, status?.dead], [1, 3, 0])
  })
  refusing.now = false
  await eventually(async () => assert.deepEqual(await heard(), { bad: upTo(5), good: upTo(5) }))
  await publishThings(database.db, [{ key: 'bad', n: 6 }])
  await eventually(async () => assert.deepEqual((await heard())['bad'], upTo(6)))
  assert.equal((await outboxStatus(database.db))[0]?.retrying, 0)
})

test('a passing fault is tried again at once, without being set aside (PLT-1)', async () => {
  let faults = 2
  start([
    leaveEffects('one', () => {
      if (faults-- > 0) throw Object.assign(new Error('lock timeout'), { code: '55P03' })
    }),
  ])
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual(await heard(), { k: [1] }))
  assert.equal(consumer?.measures()[0]?.parked, 0)
})

test('after five failures a message is dead: it is told, shown, and heard when the operator says so (PLT-6)', async () => {
  const refusing = { now: true }
  const deaths: object[] = []
  let attempts = 0
  start([
    leaveEffects('one', ({ payload: { n } }) => {
      if (n === 1) attempts++
      if (refusing.now) throw new Error(`no thing ${n}`)
    }),
    subscribe(messageDeadLettered, async (_tx, { payload, metadata }) => void deaths.push({ ...payload, ...metadata })),
  ])
  await publishThings(
    database.db,
    upTo(3).map((n) => ({ key: 'k', n })),
  )
  const dead = await eventually(onlyDead)
  // Once more because the three were first tried together.
  assert.equal(attempts, 6)
  assert.deepEqual([dead.error, dead.attempts, dead.held_up, dead.payload], ['no thing 1', 5, 2, { key: 'k', n: 1 }])
  await eventually(() => assert.equal(deaths.length, 1))
  assert.partialDeepStrictEqual(deaths[0], { dead_event_id: dead.event_id, group: 'one', error: 'no thing 1' })
  refusing.now = false
  await sleep(200)
  assert.deepEqual(await heard(), {}, 'its key waits for the decision')
  assert.deepEqual(await retryMessage(database.db, { ...operator, event_id: dead.event_id }), { kind: 'done' })
  await eventually(async () => assert.deepEqual(await heard(), { k: upTo(3) }))
  const { rows } = await sql`select who, action, consumer_group from platform.operation`.execute(database.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'retry', consumer_group: 'one' }])
})

test('a skipped message is never heard, and those behind it have their turn (PLT-6)', async () => {
  const subscriptions = [
    leaveEffects('one', ({ payload: { n } }) => {
      if (n === 1) throw new Error('never')
    }),
  ]
  start(subscriptions, { ...hasty, maxAttempts: 1 })
  await publishThings(
    database.db,
    upTo(3).map((n) => ({ key: 'k', n })),
  )
  const dead = await eventually(onlyDead)
  await eventually(async () => assert.equal((await onlyDead()).held_up, 2))
  const { rows } = await sql<{ event_id: string }>`select event_id from platform.parked where state = 'behind'`.execute(
    database.db,
  )
  const behind = { ...operator, event_id: rows[0]?.event_id ?? '' }
  assert.deepEqual(await retryMessage(database.db, behind), { kind: 'refused', reason: 'behind-another' })
  const skipped = { ...operator, event_id: dead.event_id, reason: 'a test order' }
  assert.deepEqual(await skipMessage(database.db, skipped), { kind: 'done' })
  await eventually(async () => assert.deepEqual(await heard(), { k: [2, 3] }))
  assert.deepEqual(await skipMessage(database.db, skipped), { kind: 'refused', reason: 'not-parked' })
  // Even a group that starts all over does not hear it.
  await consumer?.stop()
  await sql`update platform.consumer set snapshot = '1:1:'`.execute(database.db)
  start(subscriptions)
  await eventually(() => assert.equal(consumer?.measures()[0]?.duplicates, 3))
  assert.deepEqual(await heard(), { k: [2, 3] })
})

test('all dead messages of a group can be tried again at once (PLT-6)', async () => {
  const refusing = { now: true }
  start(
    [
      leaveEffects('one', () => {
        if (refusing.now) throw new Error('a bug')
      }),
    ],
    { ...hasty, maxAttempts: 1 },
  )
  await publishThings(
    database.db,
    upTo(4).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal((await deadMessages(database.db)).total, 4))
  refusing.now = false
  assert.equal(await retryAll(database.db, { ...operator, type: 'no.such-type.v1' }), 0)
  assert.equal(await retryAll(database.db, operator), 4)
  await eventually(async () => assert.deepEqual(await heard(), { k1: [1], k2: [2], k3: [3], k4: [4] }))
})

test('a malformed message is dead at once, before anybody hears it (PLT-5)', async () => {
  let calls = 0
  start([leaveEffects('one', () => void calls++)])
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
    values (uuidv7(), ${happened.type}, 'things', 'k', 'k', uuidv7(), '{"key": "k", "n": "three"}')
  `.execute(database.db)
  const dead = await eventually(onlyDead)
  assert.equal(dead.error_code, 'malformed')
  assert.match(dead.error ?? '', /\/n/)
  assert.equal(calls, 0)
})

test('a message that waits though its group hears its type no more goes to the operator (PLT-5)', async () => {
  start(
    [
      leaveEffects('one', () => {
        throw new Error('never')
      }),
    ],
    { ...hasty, firstBackoff: 60_000, longestBackoff: 60_000 },
  )
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(() => assert.equal(consumer?.measures()[0]?.parked, 1))
  await consumer?.stop()
  await sql`update platform.parked set next_at = now()`.execute(database.db)
  start([subscribe(messageDeadLettered, async () => {})])
  assert.equal((await eventually(onlyDead)).error_code, 'unknown-type')
})

test('what asks the world runs for several keys at once, and each effect happens once (PLT-2)', async () => {
  let asking = 0
  let most = 0
  start([
    subscribe(
      happened,
      async ({ payload }) => {
        most = Math.max(most, ++asking)
        await sleep(100)
        asking--
        return payload.n * 10
      },
      async (tx, event, tenfold) => {
        assert.equal(tenfold, event.payload.n * 10)
        await effect(tx, 'one', event)
      },
    ),
  ])
  const started = performance.now()
  await publishThings(
    database.db,
    upTo(24).map((n) => ({ key: `k${n % 12}`, n })),
  )
  await eventually(async () => assert.equal(Object.values(await heard()).flat().length, 24))
  assert.ok(most > 1 && most <= 12, `${most} at once`)
  assert.ok(performance.now() - started < 24 * 100)
})

test('a hearer that is slow for one thing does not keep the others waiting (PLT-1)', async () => {
  start([leaveEffects('one', ({ payload: { key } }) => (key === 'slow' ? sleep(1500) : undefined))])
  await publishThings(database.db, [{ key: 'slow', n: 1 }])
  await sleep(100)
  await publishThings(
    database.db,
    upTo(10).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal(Object.keys(await heard()).length, 10), { within: 1200 })
})

test('in an outage messages are tried one at a time and none of them dies (PLT-4)', async () => {
  const away = { now: true }
  let calls = 0
  start(
    [
      leaveEffects('one', () => {
        calls++
        if (away.now) throw new Error('the provider is away')
      }),
    ],
    { firstBackoff: 400, longestBackoff: 400, maxAttempts: 2 },
  )
  const orders = upTo(24).map((n) => ({ key: `k${n}`, n }))
  await publishThings(database.db, orders)
  await eventually(() => assert.equal(consumer?.measures()[0]?.outage, true))
  await sleep(300)
  const before = calls
  await sleep(2000)
  assert.ok(calls > before && calls - before <= 4, `${calls - before} tries in 2 s`)
  away.now = false
  await eventually(async () => assert.equal(Object.keys(await heard()).length, orders.length), { within: 90_000 })
  assert.equal((await deadMessages(database.db)).total, 0)
  assert.equal(consumer?.measures()[0]?.outage, false)
})

test('the death of the news of a death is not told: it would never end (PLT-1)', async () => {
  start(
    [
      subscribe(messageDeadLettered, async () => {
        throw new Error('nobody wants to know')
      }),
    ],
    { ...hasty, maxAttempts: 1 },
  )
  const payload = { dead_event_id: '01929f3c-0000-7000-8000-000000000009', event_type: 'x', group: 'y', key: 'k' }
  await transaction(database.db, (tx) => publish(tx, [messageDeadLettered({ ...payload, attempts: 5, error: 'z' })]))
  await eventually(onlyDead)
  await sleep(200)
  const { rows } = await sql`select from platform.event`.execute(database.db)
  assert.equal(rows.length, 1)
})

test('what a hearer tells belongs to the request that began it all (PLT-18)', async () => {
  start([
    subscribe(happened, async (tx, { payload: { key, n } }) => {
      if (n < 3) await publish(tx, [happened({ key, n: n + 1 })])
    }),
  ])
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => {
    const { rows } = await sql<{ n: number; correlations: number; caused: boolean }>`
      select count(distinct correlation_id)::int as correlations, count(*)::int as n,
        bool_and(causation_id = earlier or earlier is null) as caused
      from (select *, lag(event_id) over (order by id) as earlier from platform.event) e
    `.execute(database.db)
    assert.deepEqual(rows, [{ n: 3, correlations: 1, caused: true }])
  })
})

test('a message sent again with the same id is heard once (PLT-2)', async () => {
  start([leaveEffects('one')])
  const event_id = '01929f3c-0000-7000-8000-000000000001'
  const again = () => transaction(database.db, (tx) => publish(tx, [happened({ key: 'k', n: 1 }, event_id)]))
  await again()
  await again()
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual(await heard(), { k: [1, 2] }))
})
