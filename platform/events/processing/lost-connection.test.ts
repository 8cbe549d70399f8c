import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import type { Pool } from 'pg'
import { openDb, openPool } from '#platform/db'
import { consumeLog, type LogConsumer } from '#platform/events'
import { quietLog } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { freezingProxy } from '../fixtures/freezing-proxy.ts'
import { insertEffects, publishThings } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'

const things = useThings()
const settings = { leaderTimeout: 2000, firstBackoff: 60_000 }
let proxy: Awaited<ReturnType<typeof freezingProxy>>
let proxied: Pool
let consumers: LogConsumer[] = []
beforeEach(async () => {
  proxy = await freezingProxy(things.url)
  proxied = openPool({ url: proxy.url, size: 4 })
})
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer.stop()))
  consumers = []
  await proxied.end()
  await proxy.close()
})

/** A consumer whose handler counts its calls and waits for `released`. */
function consume(pool: Pool, released: Promise<void> = Promise.resolve()) {
  const calls = { count: 0 }
  const before = async () => {
    calls.count++
    await released
  }
  const groups = [{ name: 'one', subscriptions: [insertEffects('one', before)] }]
  const consumer = consumeLog({ db: openDb(pool), pool, groups, settings, log: quietLog })
  consumers.push(consumer)
  return { consumer, calls }
}

const readParked = async () =>
  (await sql<{ error: string }>`select error from platform.parked`.execute(things.db)).rows.map(({ error }) => error)
const readLost = async () =>
  (await sql<{ lost_leaders: string[] }>`select lost_leaders from platform.consumer`.execute(things.db)).rows[0]
    ?.lost_leaders

test('a process that loses only its connection again and again counts as no death (PLT-1, REL-2)', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  const { calls } = consume(things.pool, released)
  for (let lost = 0; lost < 5; lost++) {
    await eventually(() => assert.equal(calls.count, lost + 1), { within: 10_000 })
    assert.deepEqual(await readLost(), [])
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'posad log'
    `.execute(things.db)
  }
  release()
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1] }), { within: 10_000 })
  assert.deepEqual(await readParked(), [])
})

/** Two leaders have died, the third searches for a poison message, and loses its connection; the fourth takes over. */
async function takeOver() {
  await sql`insert into platform.consumer (consumer_group, lost_leaders) values ('one', '{first,second}')`.execute(
    things.db,
  )
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  const third = consume(proxied, new Promise(() => {}))
  await eventually(() => assert.equal(third.calls.count, 1), { within: 10_000 })
  const fourth = consume(things.pool)
  await fourth.consumer.registered
  proxy.refuse('posad log')
  await eventually(() => assert.equal(fourth.consumer.leaderChanges(), 1), { within: 10_000 })
  assert.equal((await readLost())?.length, 3)
  return fourth
}

test('a message is no poison message when the process that handled it comes back (PLT-1, REL-2)', async () => {
  const fourth = await takeOver()
  proxy.accept()
  await eventually(async () => assert.deepEqual(await things.handled(), { k: [1] }), { within: 10_000 })
  assert.equal(fourth.calls.count, 1)
  assert.deepEqual(await readParked(), [])
})

test('a message is a poison message when the process that handled it stays away (PLT-1)', async () => {
  const fourth = await takeOver()
  await eventually(
    async () => assert.deepEqual(await readParked(), ['The process died each time it handled this message']),
    {
      within: 10_000,
    },
  )
  assert.equal(fourth.calls.count, 0)
})

test('a process that stops without its connection counts as no death (PLT-1, REL-2)', async () => {
  const { consumer } = consume(proxied)
  await eventually(() => assert.equal(consumer.leaderChanges(), 1), { within: 10_000 })
  proxy.refuse('posad log')
  await consumer.stop()
  const { rows } = await sql`select owner, lost_leaders from platform.consumer`.execute(things.db)
  assert.deepEqual(rows, [{ owner: null, lost_leaders: [] }])
})
