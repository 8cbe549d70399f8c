import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { Client } from 'pg'
import { transaction } from '#platform/db'
import { consumeLog, outboxStatus, publish, type LogConsumer } from '#platform/events'
import { declaredCrashPoints } from '#platform/crash-points'
import { quietLog } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import { endConsumers, startConsumer, type Consumer } from './fixtures/consumers.ts'
import { effectsOf, happened, leaveEffects, makeThings, publishThings, upTo, type Happened } from './fixtures/things.ts'

let database: TestDatabase
let outsider: Client
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await makeThings(database.db)
  outsider = new Client({ connectionString: database.url.replace(databaseName(), 'postgres') })
  await outsider.connect()
})
afterEach(async () => {
  await endConsumers()
  await Promise.all(here.splice(0).map((consumer) => consumer.stop()))
  await outsider.end()
  await database.close()
})

const here: LogConsumer[] = []
function consumeHere(before?: (event: Happened) => void | Promise<void>): LogConsumer {
  const groups = [{ name: 'one', subscriptions: [leaveEffects('one', before)] }]
  const consumer = consumeLog({ ...database, groups, settings: hasty, log: quietLog })
  here.push(consumer)
  return consumer
}

const databaseName = () => new URL(database.url).pathname.slice(1)
const kills = Number(process.env['EVENT_KILLS'] ?? 12)
const hasty = { firstBackoff: 50, longestBackoff: 200 }

async function ownerAndEpoch() {
  const { rows } = await sql<{ owner: string | null; epoch: number; crashes: number }>`
    select owner, epoch, crashes from platform.consumer where consumer_group = 'one'`.execute(database.db)
  return rows[0] ?? { owner: null, epoch: 0, crashes: 0 }
}

/** Whoever left the latest effect, if it still lives. */
async function leaderAmong(consumers: readonly Consumer[]): Promise<Consumer> {
  const { rows } = await sql<{ pid: number }>`select pid from things.effect order by id desc limit 1`.execute(
    database.db,
  )
  const leader = consumers.find((consumer) => consumer.process.pid === rows[0]?.pid)
  assert.ok(leader, 'nobody hears')
  return leader
}

test('consumers may be killed at any moment: every event still has its effect once, in order (R4, PLT-2)', async () => {
  const consumers = [startConsumer(database.url), startConsumer(database.url), startConsumer(database.url)]
  let told = 0
  let killing = true
  const telling = (async () => {
    for (; killing; told += 20) {
      await publishThings(
        database.db,
        Array.from({ length: 20 }, (_, i) => ({ key: `k${i}`, n: told / 20 + 1 })),
      )
      await sleep(10)
    }
  })()
  for (let i = 0; i < kills; i++) {
    const leader = await eventually(() => leaderAmong(consumers), { within: 90_000 })
    await sleep(Math.random() * 400)
    consumers.splice(consumers.indexOf(leader), 1, startConsumer(database.url))
    await leader.kill('SIGKILL')
  }
  killing = false
  await telling
  const rounds = upTo(told / 20)
  await eventually(
    async () => {
      const effects = await effectsOf(database.db, 'one')
      assert.equal([...effects.values()].flat().length, told)
    },
    { within: 90_000, every: 200 },
  )
  for (const [key, effects] of await effectsOf(database.db, 'one')) assert.deepEqual(effects, rounds, key)
  assert.ok((await ownerAndEpoch()).epoch > kills, 'leaders really died')
  await Promise.all(consumers.map((consumer) => consumer.kill('SIGTERM')))
  assert.equal((await ownerAndEpoch()).owner, null, 'the last leader left in good order')
})

for (const point of declaredCrashPoints().filter((name) => name.startsWith('events.'))) {
  test(`a process that dies at ${point} loses nothing and repeats nothing (REL-1)`, async () => {
    const things = Array.from({ length: 30 }, (_, i) => ({ key: `k${i % 5}`, n: i + 1 }))
    await publishThings(database.db, things.slice(0, 15))
    const failing = point === 'events.after-park' || point === 'events.before-retry'
    const doomed = startConsumer(
      database.url,
      { settings: hasty, ...(failing && { fail: 7 }) },
      { CRASH_AT: `${point}:1` },
    )
    await doomed.gone
    assert.equal(doomed.process.signalCode, 'SIGKILL')
    await publishThings(database.db, things.slice(15))
    consumeHere()
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

test('an event that kills the process is set aside after three deaths; all others are heard (PLT-1)', async () => {
  await publishThings(
    database.db,
    upTo(60).map((n) => ({ key: `k${n % 6}`, n })),
  )
  let deaths = 0
  let ended = false
  const supervisor = (async () => {
    while (!ended) {
      const consumer = startConsumer(database.url, { settings: { firstBackoff: 60_000 }, deadly: 20 })
      await Promise.race([consumer.gone, eventually(() => assert.ok(ended), { within: 60_000 })])
      if (ended) await consumer.kill('SIGTERM')
      else deaths++
    }
  })()
  await eventually(
    async () => {
      const heard = [...(await effectsOf(database.db, 'one')).values()].flat()
      assert.equal(heard.length, 60 - 7)
    },
    { within: 90_000, every: 100 },
  )
  ended = true
  await supervisor
  assert.equal(deaths, 3)
  const { rows } = await sql<{ state: string }>`select state from platform.parked order by event_no`.execute(
    database.db,
  )
  assert.deepEqual(
    rows.map(({ state }) => state),
    ['retry', ...Array.from({ length: 6 }, () => 'behind')],
  )
})

test('a leader that was asleep and wakes up again repeats nothing (R5)', async () => {
  const settings = { silence: 1500 }
  const sleeper = startConsumer(database.url, { settings, pause: 5 })
  await eventually(async () => assert.equal((await ownerAndEpoch()).epoch, 1))
  const candidate = startConsumer(database.url, { settings, pause: 5 })
  const keys = Array.from({ length: 5 }, (_, k) => `k${k}`)
  let round = 0
  const tellRounds = async (count: number) => {
    for (const end = round + count; round < end; await sleep(10)) {
      round++
      await publishThings(
        database.db,
        keys.map((key) => ({ key, n: round })),
      )
    }
  }
  await tellRounds(20)
  sleeper.process.kill('SIGSTOP')
  const stoppedAt = performance.now()
  await tellRounds(20)
  await eventually(async () => assert.equal((await ownerAndEpoch()).epoch, 2), { within: 8000 })
  assert.ok(performance.now() - stoppedAt < 5000, 'another process took over within 5 s')
  await tellRounds(20)
  sleeper.process.kill('SIGCONT')
  await tellRounds(40)
  await eventually(async () => {
    const effects = await effectsOf(database.db, 'one')
    for (const key of keys) assert.deepEqual(effects.get(key), upTo(100), key)
  })
  const { epoch } = await ownerAndEpoch()
  assert.equal(epoch, 2, 'the sleeper is a candidate now')
  await Promise.all([sleeper.kill('SIGTERM'), candidate.kill('SIGTERM')])
})

test('when the database throws everybody out again and again, nothing is lost or repeated (F3, PLT-20)', async () => {
  const consumer = consumeHere(({ payload: { n } }) => (n % 7 === 0 ? sleep(5) : undefined))
  const keys = upTo(10).map((k) => `k${k}`)
  const told: number[] = []
  for (let n = 1; n <= 100; n++) {
    // What was not committed, or not known to be, is told again under the same ids.
    const ids = keys.map(() => newId())
    await eventually(() =>
      transaction(database.db, (tx) =>
        publish(
          tx,
          keys.map((key, i) => happened({ key, n }, ids[i])),
        ),
      ),
    )
    told.push(n)
    if (n % 10 !== 0) continue
    await outsider.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [databaseName()])
    await sleep(150)
  }
  await eventually(
    async () => {
      const effects = await effectsOf(database.db, 'one')
      for (const key of keys) assert.deepEqual(effects.get(key), told, key)
    },
    { within: 90_000, every: 200 },
  )
  assert.ok(consumer.leaderChanges() > 1)
})

test('a leader whose epoch is over writes no progress and runs for its group anew (R5)', async () => {
  const consumer = consumeHere()
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1]))
  await sleep(1200)
  await sql`update platform.consumer set epoch = 100, owner = 'another', snapshot = '1:1:'`.execute(database.db)
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.equal((await ownerAndEpoch()).epoch, 101), { within: 4000 })
  await eventually(() => assert.equal(consumer.measures()[0]?.duplicates, 2))
  assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1, 2])
})

test('when a leader dies, another process leads within 5 s (PLT-1)', async () => {
  const leader = startConsumer(database.url)
  await eventually(async () => assert.equal((await ownerAndEpoch()).epoch, 1))
  const candidate = startConsumer(database.url)
  await sleep(500)
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
