import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { consumeLog, removeGroup, logJobs, restoreHook, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { dropPartitions, makePartitions, strayRows } from './partitions.ts'
import { effectsOf, happened, leaveEffects, makeThings, publishThings } from './fixtures/things.ts'

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

const start = (before?: () => void) =>
  (consumer = consumeLog({ ...database, groups: [{ name: 'one', subscriptions: [leaveEffects('one', before)] }], log }))
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
const nameOf = (parent: string, daysAgo: number) => `${parent}_${dayOf(daysAgo).replaceAll('-', '')}`

/** An event that was told days ago, in the partition of that day. */
async function tellDaysAgo(daysAgo: number): Promise<void> {
  const day = dayOf(daysAgo)
  await sql`
    insert into platform.event (day, event_id, type, source, subject, partition_key, correlation_id, data, occurred_at)
    values (${day}, uuidv7(${`-${daysAgo} days`}::interval), ${happened.type}, 'things', 'k', 'k', uuidv7(),
            '{"key": "k", "n": 1}', ${day}::date)
  `.execute(database.db)
  await sql`select platform.make_partition('event', 'day', ${day}::date, quote_literal(${day}::date), quote_literal(${day}::date + 1))`.execute(
    database.db,
  )
  await sql`
    select platform.make_partition('inbox', 'event_id', ${day}::date, quote_literal(platform.first_id(${day})), quote_literal(platform.first_id(${day}::date + 1)))
  `.execute(database.db)
}

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{
    name: string
  }>`select relname as name from pg_class where relnamespace = 'platform'::regnamespace
    and relkind = 'r' and relname ~ '_[0-9]{8}$' order by 1`.execute(database.db)
  return rows.map(({ name }) => name)
}

test('partitions of today and three days more are there from the start, and are made when they are missing (PLT-1)', async () => {
  const wanted = ['event', 'inbox'].flatMap((parent) => [0, -1, -2, -3].map((day) => nameOf(parent, day)))
  assert.deepEqual(await partitions(), wanted)
  assert.equal(await makePartitions(database.db), 0)
  await sql`drop table ${sql.id('platform', nameOf('event', 0))}`.execute(database.db)
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  assert.equal(await strayRows(database.db), 1)
  start()
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1]))
  for (const job of logJobs({ db: database.db, log })) await job.work({}, AbortSignal.timeout(1000))
  assert.deepEqual(await partitions(), wanted)
  assert.equal(await strayRows(database.db), 0)
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1, 2]))
})

test('an old day is dropped only when every group has heard it (R12)', async () => {
  await tellDaysAgo(9)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group, snapshot) values ('asleep', '1:1:')`.execute(database.db)
  await consumer?.stop()
  const old = nameOf('event', 9)
  assert.deepEqual(await dropPartitions(database.db), {
    dropped: [],
    refused: [{ partition: old, reason: 'group-behind', groups: ['asleep'] }],
  })
  assert.ok((await partitions()).includes(nameOf('inbox', 9)), 'nor is the inbox that goes with it')
  await sql`update platform.consumer set snapshot = pg_current_snapshot() where consumer_group = 'asleep'`.execute(
    database.db,
  )
  assert.deepEqual(await dropPartitions(database.db), { dropped: [old, nameOf('inbox', 9)], refused: [] })
  assert.ok(!(await partitions()).includes(old))
})

test('an old day with a message that still waits stays, and so does a day that is not old (R12)', async () => {
  await tellDaysAgo(9)
  await tellDaysAgo(5)
  start(() => {
    throw new Error('not yet')
  })
  await eventually(() => assert.equal(consumer?.measures()[0]?.parked, 2))
  await consumer?.stop()
  const { refused, dropped } = await dropPartitions(database.db)
  assert.deepEqual(refused, [{ partition: nameOf('event', 9), reason: 'parked', groups: ['one'] }])
  assert.deepEqual(dropped, [])
  await sql`update platform.parked set state = 'skipped'`.execute(database.db)
  assert.ok((await dropPartitions(database.db)).dropped.includes(nameOf('event', 9)))
  assert.ok((await partitions()).includes(nameOf('event', 5)))
})

test('after a restore into another cluster, what was not heard is heard, and nothing twice (R6, PLT-23)', async () => {
  await publishThings(database.db, [{ key: 'heard', n: 1 }])
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await consumer?.stop()
  await publishThings(database.db, [{ key: 'unheard', n: 1 }])
  // As a dump brings them: ids of transactions that this cluster has not reached, and a snapshot from there.
  await sql`update platform.event set tx = (tx::text::bigint + 4000000000)::text::xid8`.execute(database.db)
  await sql`update platform.consumer set snapshot = '4000000000:4000000000:', open_window = '4000000009:4000000009:', position = 7`.execute(
    database.db,
  )
  assert.deepEqual(await restoreHook(database.db), { kind: 'done' })
  const { rows } = await sql`select from platform.event where tx > pg_current_xact_id()`.execute(database.db)
  assert.equal(rows.length, 0)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 2))
  assert.deepEqual(Object.fromEntries(await effectsOf(database.db, 'one')), { heard: [1], unheard: [1] })
  assert.equal(consumer?.measures()[0]?.duplicates, 1)
  assert.deepEqual(await restoreHook(database.db), { kind: 'refused', reason: 'led', groups: ['one'] })
})

test('the group of a module that is gone keeps old days of the log until it is forgotten (PLT-6)', async () => {
  await tellDaysAgo(9)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group) values ('gone')`.execute(database.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, event_no, day, partition_key, type, state)
    select 'gone', event_id, id, day, partition_key, type, 'dead' from platform.event
  `.execute(database.db)
  const old = nameOf('event', 9)
  await eventually(async () => {
    const { refused } = await dropPartitions(database.db)
    assert.deepEqual(refused, [{ partition: old, reason: 'group-behind', groups: ['gone'] }])
  })

  assert.deepEqual(await removeGroup(database.db, { group: 'one', who: 'olga' }), { kind: 'refused', reason: 'led' })
  assert.deepEqual(await removeGroup(database.db, { group: 'gone', who: 'olga' }), { kind: 'done', given_up: 1 })
  const again = await removeGroup(database.db, { group: 'gone', who: 'olga' })
  assert.deepEqual(again, { kind: 'refused', reason: 'no-such-group' })
  const { rows } = await sql`select who, action, consumer_group, event_id from platform.operation`.execute(database.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'forget', consumer_group: 'gone', event_id: null }])
  await eventually(async () => assert.ok((await dropPartitions(database.db)).dropped.includes(old)))
})
