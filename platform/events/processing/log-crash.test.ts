import assert from 'node:assert/strict'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Client } from 'pg'
import { declaredCrashPoints } from '#platform/crash-points'
import { transaction } from '#platform/db'
import { consumeLog, outboxStatus, publish, type LogConsumer } from '#platform/events'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { killConsumers, startConsumer, type Consumer } from '../fixtures/start-consumer.ts'
import {
  atRate,
  createThings,
  effectsOf,
  happened,
  insertEffects,
  publishThings,
  upTo,
  type Happened,
} from '../fixtures/things.ts'

let database: TestDatabase
let admin: Client
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await createThings(database.db)
  admin = new Client({ connectionString: database.url.replace(databaseName(), 'postgres') })
  await admin.connect()
})
afterEach(async () => {
  await killConsumers()
  await Promise.all(ownConsumers.splice(0).map((consumer) => consumer.stop()))
  await admin.end()
  await database.close()
})

const ownConsumers: LogConsumer[] = []
/** Consumes in the process of the test. */
function consume(before?: (event: Happened) => void | Promise<void>): LogConsumer {
  const groups = [{ name: 'one', subscriptions: [insertEffects('one', before)] }]
  const consumer = consumeLog({ ...database, groups, settings: quickRetries, log: quietLog })
  ownConsumers.push(consumer)
  return consumer
}

const databaseName = () => new URL(database.url).pathname.slice(1)
const kills = Number(process.env['EVENT_KILLS'] ?? 12)
const quickRetries = { firstBackoff: 50, maxBackoff: 200 }

type ConsumerRow = { owner: string | null; epoch: number; crashes: number; handled: number }

async function consumerRow(): Promise<ConsumerRow> {
  const { rows } = await sql<ConsumerRow>`
    select owner, epoch, cardinality(lost_leaders) as crashes, handled from platform.consumer where consumer_group = 'one'`.execute(
    database.db,
  )
  return rows[0] ?? { owner: null, epoch: 0, crashes: 0, handled: 0 }
}

async function countEffects(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from things.effect`.execute(database.db)
  return rows[0]?.count ?? 0
}

/** The consumer that made the latest effect, if it still runs. */
async function leaderAmong(consumers: readonly Consumer[]): Promise<Consumer> {
  const { rows } = await sql<{ pid: number }>`
    select pid from things.effect order by id desc limit 1
  `.execute(database.db)
  const leader = consumers.find((consumer) => consumer.process.pid === rows[0]?.pid)
  assert.ok(leader, 'no running consumer has made the latest effect')
  return leader
}

test('a consumer may die at any moment: every event still takes effect once, in order (R4, PLT-2)', async () => {
  const consumers = [startConsumer(database.url), startConsumer(database.url), startConsumer(database.url)]
  let rounds = 0
  let killing = true
  const publishing = atRate(10, async (round) => {
    await publishThings(
      database.db,
      Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, n: round })),
    )
    rounds = round
    return killing
  })
  for (let i = 0; i < kills; i++) {
    const leader = await eventually(() => leaderAmong(consumers), { within: 90_000 })
    const target = (await countEffects()) + Math.random() * 400
    await eventually(async () => assert.ok((await countEffects()) >= target), { within: 90_000, every: 1 })
    consumers.splice(consumers.indexOf(leader), 1, startConsumer(database.url))
    await leader.kill('SIGKILL')
  }
  killing = false
  await publishing
  await eventually(async () => assert.equal(await countEffects(), rounds * 20), { within: 90_000, every: 200 })
  for (const [key, effects] of await effectsOf(database.db, 'one')) assert.deepEqual(effects, upTo(rounds), key)
  assert.ok((await consumerRow()).epoch > kills, 'every kill has hit a leader')
  await Promise.all(consumers.map((consumer) => consumer.kill('SIGTERM')))
  assert.equal((await consumerRow()).owner, null, 'the last leader has left in good order')
})

for (const point of declaredCrashPoints().filter((name) => name.startsWith('events.'))) {
  test(`a process that dies at ${point} loses nothing and repeats nothing (REL-1)`, async () => {
    const things = Array.from({ length: 30 }, (_, i) => ({ key: `k${i % 5}`, n: i + 1 }))
    await publishThings(database.db, things.slice(0, 15))
    const failing = point === 'events.after-park' || point === 'events.before-retry'
    const options = { settings: quickRetries, ...(failing && { fail: 7 }) }
    const victim = startConsumer(database.url, options, { CRASH_AT: `${point}:1` })
    await victim.exited
    assert.equal(victim.process.signalCode, 'SIGKILL')
    await publishThings(database.db, things.slice(15))
    consume()
    await eventually(
      async () => {
        const effects = await effectsOf(database.db, 'one')
        for (let k = 0; k < 5; k++) {
          const expected = things.filter(({ key }) => key === `k${k}`).map(({ n }) => n)
          assert.deepEqual(effects.get(`k${k}`), expected)
        }
      },
      { within: 90_000 },
    )
  })
}

test('a poison message is parked after it has killed three processes; all other messages are handled (PLT-1)', async () => {
  await publishThings(
    database.db,
    upTo(60).map((n) => ({ key: `k${n % 6}`, n })),
  )
  let deaths = 0
  const finished = Promise.withResolvers<void>()
  const supervisor = (async () => {
    for (;;) {
      const consumer = startConsumer(database.url, { settings: { firstBackoff: 60_000 }, poison: 20 })
      const outcome = await Promise.race([consumer.exited.then(() => 'died'), finished.promise.then(() => 'finished')])
      if (outcome === 'finished') return await consumer.kill('SIGTERM')
      deaths++
    }
  })()
  await eventually(async () => assert.equal(await countEffects(), 60 - 7), { within: 90_000, every: 100 })
  finished.resolve()
  await supervisor
  assert.equal(deaths, 3)
  const { rows } = await sql<{ state: string }>`select state from platform.parked order by position`.execute(
    database.db,
  )
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['retry', ...Array.from({ length: 6 }, () => 'behind')],
  )
})

test('a leader that was suspended and runs again repeats nothing (R5)', async () => {
  const options = { settings: { leaderTimeout: 1500 }, pause: 5 }
  const suspended = startConsumer(database.url, options)
  await eventually(async () => assert.equal((await consumerRow()).epoch, 1))
  const candidate = startConsumer(database.url, options)
  const keys = Array.from({ length: 5 }, (_, k) => `k${k}`)
  let n = 0
  const publishRounds = (count: number) =>
    atRate(10, async (round) => {
      n++
      await publishThings(
        database.db,
        keys.map((key) => ({ key, n })),
      )
      return round < count
    })
  await publishRounds(20)
  suspended.process.kill('SIGSTOP')
  const suspendedAt = performance.now()
  await publishRounds(20)
  await eventually(async () => assert.equal((await consumerRow()).epoch, 2), { within: 8000 })
  assert.ok(performance.now() - suspendedAt < 5000, 'another process took over within 5 s')
  await publishRounds(20)
  suspended.process.kill('SIGCONT')
  await publishRounds(40)
  await eventually(async () => {
    const effects = await effectsOf(database.db, 'one')
    for (const key of keys) assert.deepEqual(effects.get(key), upTo(100), key)
  })
  const { epoch } = await consumerRow()
  assert.equal(epoch, 2, 'the suspended process is only a candidate now')
  await Promise.all([suspended.kill('SIGTERM'), candidate.kill('SIGTERM')])
})

test('when the database ends all connections again and again, nothing is lost or repeated (F3, PLT-20)', async () => {
  const consumer = consume(() => nextTurn())
  const keys = upTo(10).map((k) => `k${k}`)
  const published: number[] = []
  for (let n = 1; n <= 100; n++) {
    // A commit that failed or whose result is unknown is repeated under the same ids.
    const ids = keys.map(() => newId())
    await eventually(() =>
      transaction(database.db, (tx) =>
        publish(
          tx,
          keys.map((key, i) => happened({ key, n }, ids[i])),
        ),
      ),
    )
    published.push(n)
    if (n % 10 !== 0) continue
    const before = consumer.leaderChanges()
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [databaseName()])
    await eventually(() => assert.ok(consumer.leaderChanges() > before), { within: 20_000 })
  }
  await eventually(
    async () => {
      const effects = await effectsOf(database.db, 'one')
      for (const key of keys) assert.deepEqual(effects.get(key), published, key)
    },
    { within: 90_000, every: 200 },
  )
})

test('a leader whose epoch is over saves no checkpoint and becomes a candidate again (R5)', async () => {
  const consumer = consume()
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.equal((await consumerRow()).handled, 1), { within: 8000 })
  await sql`update platform.consumer set epoch = 100, owner = 'another', snapshot = '1:1:'`.execute(database.db)
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.equal((await consumerRow()).epoch, 101), { within: 4000 })
  await eventually(() => assert.equal(consumer.measures()[0]?.duplicates, 2))
  assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1, 2])
})

test('when a leader dies, another process leads within 5 s (PLT-1)', async () => {
  const leader = startConsumer(database.url)
  await eventually(async () => assert.equal((await consumerRow()).epoch, 1))
  const candidate = startConsumer(database.url)
  await eventually(async () => {
    const { rows } = await admin.query(
      `select from pg_stat_activity where datname = $1 and application_name = 'posad log'`,
      [databaseName()],
    )
    assert.equal(rows.length, 2)
  })
  await leader.kill('SIGKILL')
  const died = performance.now()
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1]), { within: 8000 })
  assert.ok(performance.now() - died < 5000)
  await candidate.kill('SIGTERM')
  assert.deepEqual(
    (await outboxStatus(database.db)).map(({ group, led }) => [group, led]),
    [['one', false]],
  )
})
