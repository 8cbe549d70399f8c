import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { sql } from 'kysely'
import { Client } from 'pg'
import { eventually } from '#platform/testing'
import { killConsumers, startConsumer, type Consumer } from '../fixtures/start-consumer.ts'
import { atRate, effectsOf, insertEffects, publishThings, upTo } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()
afterEach(() => killConsumers())

const groups = upTo(7).map((n) => `group ${n}`)
const keys = ['a', 'b', 'c']
const start = (options: object = {}) => startConsumer(things.url, { groups, ...options })

/** The number of groups that each process leads, the smallest first. */
async function shares(): Promise<number[]> {
  const { rows } = await sql<{ groups: number }>`
    select count(*)::int as groups from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database()) group by pid order by 1
  `.execute(things.db)
  return rows.map(({ groups: led }) => led)
}
const untilShared = (expected: readonly number[]) =>
  eventually(async () => assert.deepEqual(await shares(), expected), { within: 20_000, every: 50 })

let round = 0
/** Publishes events of every key until `until` has ended. Returns the number of rounds. */
async function publishDuring(until: Promise<unknown>): Promise<number> {
  let ended = false
  void until.finally(() => (ended = true))
  round = 0
  await atRate(10, async () => {
    round++
    await publishThings(
      things.db,
      keys.map((key) => ({ key, n: round })),
    )
    return !ended
  })
  await until
  return round
}

/** Every group has handled every event once, in the order of its key. */
const untilHandled = (rounds: number) =>
  eventually(
    async () => {
      for (const group of groups) {
        const effects = await effectsOf(things.db, group)
        for (const key of keys) assert.deepEqual(effects.get(key), upTo(rounds), `${group} ${key}`)
      }
    },
    { within: 60_000, every: 200 },
  )
const lostLeaders = async () =>
  (await sql<{ lost: string[] }>`select lost_leaders as lost from platform.consumer`.execute(things.db)).rows.flatMap(
    ({ lost }) => lost,
  )

test('processes that join and leave share the groups; no event is lost, and none is handled twice (PLT-24, PLT-20)', async () => {
  const consumers: Consumer[] = [start({ pause: 2 }), start({ pause: 2 })]
  await untilShared([3, 4])
  const rounds = await publishDuring(
    (async () => {
      consumers.push(start({ pause: 2 }))
      await untilShared([2, 2, 3])
      await consumers[0]?.kill('SIGTERM')
      await untilShared([3, 4])
    })(),
  )
  await untilHandled(rounds)
  await Promise.all(consumers.map((consumer) => consumer.kill('SIGTERM')))
  assert.deepEqual(await lostLeaders(), [], 'a process that hands a group over has not died')
})

test('when one of three processes dies, the others lead its groups within five seconds (PLT-24, R4)', async () => {
  const consumers = [start(), start(), start()]
  await untilShared([2, 2, 3])
  const rounds = await publishDuring(
    (async () => {
      await eventually(() => assert.ok(round >= 20))
      await consumers[1]?.kill('SIGKILL')
      const died = performance.now()
      await untilShared([3, 4])
      assert.ok(performance.now() - died < 5000)
    })(),
  )
  await untilHandled(rounds)
})

test('a process has one connection for the locks of all its groups (PLT-24)', async () => {
  const consumers = [start(), start()]
  await untilShared([3, 4])
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and application_name = 'posad log'
  `.execute(things.db)
  assert.equal(rows[0]?.count, consumers.length)
})

test('groups that a process should take and does not take go on in another one (PLT-24, REL-2)', async () => {
  // It claims every group and does nothing, like a process whose connection is busy.
  const idle = new Client({ connectionString: things.url })
  await idle.connect()
  const claim = `select pg_advisory_lock_shared(hashtextextended('platform:candidate:' || g, 0)) from unnest($1::text[]) g`
  await idle.query(claim, [groups])
  const consumer = things.consumeGroups(groups.map((name) => ({ name, subscriptions: [insertEffects(name)] })))
  await eventually(() => assert.equal(consumer.measures().length, groups.length), { within: 20_000 })
  const changes = consumer.leaderChanges()
  const rounds = await publishDuring(eventually(() => assert.ok(round >= 150)))
  await untilHandled(rounds)
  assert.equal(consumer.leaderChanges(), changes, 'the groups do not go back and forth')
  await idle.end()
})

test('a process that stops takes no group of another one that stops at the same moment (PLT-20)', async () => {
  const consumers = [start({ pause: 5 }), start({ pause: 5 }), start({ pause: 5 })]
  await untilShared([2, 2, 3])
  const rounds = await publishDuring(Promise.all(consumers.map((consumer) => consumer.kill('SIGTERM'))))
  assert.deepEqual(await shares(), [])
  assert.deepEqual(await lostLeaders(), [])
  start()
  await untilHandled(rounds)
})
