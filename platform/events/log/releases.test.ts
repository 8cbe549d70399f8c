import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { openDb, openPool, transaction, type AnyTx } from '#platform/db'
import { consumeLog, removeType, outboxStatus, publish, subscribe, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { crowd, eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { seconds } from '#platform/values'
import {
  atRate,
  createThings,
  effectsOf,
  happened,
  insertEffect,
  insertEffects,
  noticed,
  publishThings,
  upTo,
} from '../fixtures/things.ts'

/** A process of one release on the shared database. */
type Shop = Readonly<{ consumer: LogConsumer; stop: () => Promise<void> }>

let database: TestDatabase
let shops: Shop[] = []
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await createThings(database.db)
})
afterEach(async () => {
  await Promise.all(shops.map(({ stop }) => stop()))
  shops = []
  await database.close()
})

const onHappened = insertEffects('one')
const onNoticed = subscribe(noticed, (tx: AnyTx, event) => insertEffect(tx, 'one', event))

/** The older release handles `happened`, the newer one `noticed` as well, and a later one `noticed` only. */
const releases = {
  '0.9.0': [onHappened],
  '0.10.0': [onHappened, onNoticed],
  '0.11.0': [onNoticed],
} as const

type Options = Readonly<{
  alone?: boolean
  leaderTimeout?: number
  subscriptions?: (typeof releases)['0.10.0' | '0.9.0']
}>

/** Starts a process of a release. It has registered its types when this resolves. */
async function start(
  release: keyof typeof releases,
  { alone = false, leaderTimeout = seconds(5), subscriptions }: Options = {},
): Promise<Shop> {
  const pool = openPool({ url: database.url, size: 4 })
  const groups = [{ name: 'one', subscriptions: subscriptions ?? releases[release] }]
  const program = { release, alone }
  const consumer = consumeLog({ db: openDb(pool), pool, groups, program, settings: { leaderTimeout }, log })
  let stopping: Promise<void> | undefined
  const stop = () => (stopping ??= consumer.stop().then(() => pool.end()))
  const shop = { consumer, stop }
  shops.push(shop)
  await consumer.registered
  return shop
}

const leads = ({ consumer }: Shop) => consumer.measures().length === 1
const untilLeads = (shop: Shop) => eventually(() => assert.ok(leads(shop)), { within: 15_000 })
const publishBoth = (n: number) =>
  transaction(database.db, async (tx) => {
    for (const key of ['a', 'b', 'c']) await publish(tx, [happened({ key, n: 2 * n - 1 }), noticed({ key, n: 2 * n })])
  })
const handled = async () => Object.fromEntries(await effectsOf(database.db, 'one'))
const expected = (rounds: number) => Object.fromEntries(['a', 'b', 'c'].map((key) => [key, upTo(2 * rounds)]))
const typesOf = async () =>
  (
    await sql<{ types: string[] }>`select types from platform.consumer where consumer_group = 'one'`.execute(
      database.db,
    )
  ).rows[0]?.types.toSorted()

test('in a rolling upgrade and in the way back no event of a new type is lost, and keys keep their order (F-2, PLT-5)', async () => {
  const older = await start('0.9.0')
  await untilLeads(older)
  const another = await start('0.9.0')
  const newer = await start('0.10.0')
  let rounds = 0
  const publishFor = async (count: number) => {
    const end = rounds + count
    await atRate(10, async () => {
      await publishBoth(++rounds)
      return rounds < end
    })
  }
  await publishFor(50)
  await eventually(async () => assert.deepEqual(await handled(), expected(rounds)), { within: 15_000 })
  assert.ok(leads(newer) && !leads(older))

  await newer.stop()
  await publishFor(50)
  assert.ok(!leads(older) && !leads(another), 'no process of the older release leads the group')
  const again = await start('0.10.0')
  await eventually(async () => assert.deepEqual(await handled(), expected(rounds)), { within: 15_000 })
  assert.ok(leads(again))
})

test('an older leader that learns late of the new types saves no checkpoint past their events (F-2)', async () => {
  // It looks at the registered types every 24 seconds only, and no notification reaches it.
  const older = await start('0.9.0', { leaderTimeout: seconds(60) })
  await untilLeads(older)
  await publishThings(database.db, [{ key: 'first', n: 1 }])
  // From now on it saves its checkpoint only after it has handled something.
  await eventually(async () => assert.equal((await outboxStatus(database.db))[0]?.handled, 1))
  await sql`update platform.consumer set types = types || ${noticed.type}::text`.execute(database.db)
  await publishBoth(1)
  await eventually(async () => assert.deepEqual((await handled())['a'], [1]))
  await eventually(() => assert.ok(!leads(older)), { within: 15_000 })
  const newer = await start('0.10.0')
  await untilLeads(newer)
  await eventually(async () => {
    const effects = await handled()
    for (const key of ['a', 'b', 'c']) assert.deepEqual(effects[key], [1, 2])
  })
})

test('processes of both releases that start at the same moment register all types, and a newer one leads (F-2)', async () => {
  const started = await crowd(6, (i) => start(i % 2 ? '0.9.0' : '0.10.0', { leaderTimeout: seconds(1) }))
  const failures = started.filter(({ status }) => status === 'rejected')
  assert.deepEqual(failures, [])
  assert.deepEqual(await typesOf(), [happened.type, noticed.type])
  await publishBoth(1)
  await eventually(async () => assert.deepEqual(await handled(), expected(1)))
  assert.equal(shops.filter(leads).length, 1)
})

test('a newer release that drops a subscription leads at once, and an older one does not bring it back (F-2)', async () => {
  const older = await start('0.10.0')
  await untilLeads(older)
  await older.stop()
  const newer = await start('0.11.0')
  await untilLeads(newer)
  assert.deepEqual(await typesOf(), [noticed.type])
  await start('0.10.0')
  assert.deepEqual(await typesOf(), [noticed.type])
})

test('two builds of one release on a shared database keep the types of both (F-2)', async () => {
  const first = await start('0.9.0', { subscriptions: releases['0.10.0'] })
  await untilLeads(first)
  await first.stop()
  const second = await start('0.9.0')
  await publishBoth(1)
  assert.deepEqual(await typesOf(), [happened.type, noticed.type])
  assert.ok(!leads(second))
  await start('0.9.0', { subscriptions: releases['0.10.0'] })
  await eventually(async () => assert.deepEqual(await handled(), expected(1)), { within: 15_000 })
})

test('a build that is alone on its database replaces the types of another build of its release (F-2)', async () => {
  const first = await start('0.9.0', { subscriptions: releases['0.10.0'] })
  await untilLeads(first)
  await first.stop()
  await untilLeads(await start('0.9.0', { alone: true }))
  assert.deepEqual(await typesOf(), [happened.type])
})

test('after a return to the older release an operator removes the new type, and its parked messages are skipped (F-2, PLT-6)', async () => {
  const failing = subscribe(noticed, async () => {
    throw new Error('a bug of the new release')
  })
  const newer = await start('0.10.0', { subscriptions: [onHappened, failing] })
  await untilLeads(newer)
  await publishBoth(1)
  await eventually(async () => assert.equal((await outboxStatus(database.db))[0]?.retrying, 3))
  const remove = (type: string) => removeType(database.db, { group: 'one', type, who: 'olga' })
  assert.deepEqual(await remove(noticed.type), { kind: 'refused', reason: 'led' })
  await newer.stop()

  const older = await start('0.9.0', { alone: true })
  await publishThings(database.db, [{ key: 'a', n: 3 }])
  assert.deepEqual(await remove('things.unknown.v1'), { kind: 'not-found', what: 'type' })
  assert.deepEqual(await remove(noticed.type), { kind: 'done', skipped: 3 })
  await untilLeads(older)
  await eventually(async () => assert.deepEqual(await handled(), { a: [1, 3], b: [1], c: [1] }))
  const { rows } = await sql`select who, action, reason from platform.operation`.execute(database.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'remove-type', reason: noticed.type }])
})
