import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { consumeLog, forgetGroup, logJobs, restoreHook, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { dropPartitions, makePartitions, strayRows } from './partitions.ts'
import { effectsOf, happened, leaveEffects, makeThings, tellThings } from './fixtures/things.ts'

let house: TestDatabase
let consumer: LogConsumer | undefined
beforeEach(async () => {
  house = await testDatabase({ parts: [] })
  await makeThings(house.db)
})
afterEach(async () => {
  await consumer?.stop()
  await house.close()
})

const start = (before?: () => void) =>
  (consumer = consumeLog({ ...house, groups: [{ name: 'one', hears: [leaveEffects('one', before)] }], log }))
const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10)
const nameOf = (parent: string, daysAgo: number) => `${parent}_${dayOf(daysAgo).replaceAll('-', '')}`

/** An event that was told days ago, in the partition of that day. */
async function tellDaysAgo(daysAgo: number): Promise<void> {
  const day = dayOf(daysAgo)
  await sql`
    insert into msg.event (day, event_id, type, source, subject, partition_key, correlation_id, data, occurred_at)
    values (${day}, uuidv7(${`-${daysAgo} days`}::interval), ${happened.type}, 'things', 'k', 'k', uuidv7(),
            '{"key": "k", "n": 1}', ${day}::date)
  `.execute(house.db)
  await sql`select msg.make_partition('event', 'day', ${day}::date, quote_literal(${day}::date), quote_literal(${day}::date + 1))`.execute(
    house.db,
  )
  await sql`
    select msg.make_partition('inbox', 'event_id', ${day}::date, quote_literal(msg.first_id(${day})), quote_literal(msg.first_id(${day}::date + 1)))
  `.execute(house.db)
}

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{
    name: string
  }>`select relname as name from pg_class where relnamespace = 'msg'::regnamespace
    and relkind = 'r' and relname ~ '_[0-9]{8}$' order by 1`.execute(house.db)
  return rows.map(({ name }) => name)
}

test('partitions of today and three days more are there from the start, and are made when they are missing (PLT-1)', async () => {
  const wanted = ['event', 'inbox'].flatMap((parent) => [0, -1, -2, -3].map((day) => nameOf(parent, day)))
  assert.deepEqual(await partitions(), wanted)
  assert.equal(await makePartitions(house.db), 0)
  await sql`drop table ${sql.id('msg', nameOf('event', 0))}`.execute(house.db)
  await tellThings(house.db, [{ key: 'k', n: 1 }])
  assert.equal(await strayRows(house.db), 1)
  start()
  await eventually(async () => assert.deepEqual((await effectsOf(house.db, 'one')).get('k'), [1]))
  for (const job of logJobs({ db: house.db, log })) await job.work({}, AbortSignal.timeout(1000))
  assert.deepEqual(await partitions(), wanted)
  assert.equal(await strayRows(house.db), 0)
  await tellThings(house.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual((await effectsOf(house.db, 'one')).get('k'), [1, 2]))
})

test('an old day is dropped only when every group has heard it (R12)', async () => {
  await tellDaysAgo(9)
  start()
  await eventually(async () => assert.equal((await effectsOf(house.db, 'one')).size, 1))
  await sql`insert into msg.consumer (grp, snap) values ('asleep', '1:1:')`.execute(house.db)
  await consumer?.stop()
  const old = nameOf('event', 9)
  assert.deepEqual(await dropPartitions(house.db), {
    dropped: [],
    refused: [{ partition: old, because: 'group-behind', groups: ['asleep'] }],
  })
  assert.ok((await partitions()).includes(nameOf('inbox', 9)), 'nor is the inbox that goes with it')
  await sql`update msg.consumer set snap = pg_current_snapshot() where grp = 'asleep'`.execute(house.db)
  assert.deepEqual(await dropPartitions(house.db), { dropped: [old, nameOf('inbox', 9)], refused: [] })
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
  const { refused, dropped } = await dropPartitions(house.db)
  assert.deepEqual(refused, [{ partition: nameOf('event', 9), because: 'parked', groups: ['one'] }])
  assert.deepEqual(dropped, [])
  await sql`update msg.parked set state = 'skipped'`.execute(house.db)
  assert.ok((await dropPartitions(house.db)).dropped.includes(nameOf('event', 9)))
  assert.ok((await partitions()).includes(nameOf('event', 5)))
})

test('after a restore into another cluster, what was not heard is heard, and nothing twice (R6, PLT-23)', async () => {
  await tellThings(house.db, [{ key: 'heard', n: 1 }])
  start()
  await eventually(async () => assert.equal((await effectsOf(house.db, 'one')).size, 1))
  await consumer?.stop()
  await tellThings(house.db, [{ key: 'unheard', n: 1 }])
  // As a dump brings them: ids of transactions that this cluster has not reached, and a snapshot from there.
  await sql`update msg.event set tx = (tx::text::bigint + 4000000000)::text::xid8`.execute(house.db)
  await sql`update msg.consumer set snap = '4000000000:4000000000:', win = '4000000009:4000000009:', pos = 7`.execute(
    house.db,
  )
  assert.deepEqual(await restoreHook(house.db), { kind: 'done' })
  const { rows } = await sql`select from msg.event where tx > pg_current_xact_id()`.execute(house.db)
  assert.equal(rows.length, 0)
  start()
  await eventually(async () => assert.equal((await effectsOf(house.db, 'one')).size, 2))
  assert.deepEqual(Object.fromEntries(await effectsOf(house.db, 'one')), { heard: [1], unheard: [1] })
  assert.equal(consumer?.measures()[0]?.duplicates, 1)
  assert.deepEqual(await restoreHook(house.db), { kind: 'refused', because: 'led', groups: ['one'] })
})

test('the group of a module that is gone keeps old days of the log until it is forgotten (PLT-6)', async () => {
  await tellDaysAgo(9)
  start()
  await eventually(async () => assert.equal((await effectsOf(house.db, 'one')).size, 1))
  await sql`insert into msg.consumer (grp) values ('gone')`.execute(house.db)
  await sql`
    insert into msg.parked (grp, event_id, event_no, day, partition_key, type, state)
    select 'gone', event_id, id, day, partition_key, type, 'dead' from msg.event
  `.execute(house.db)
  const old = nameOf('event', 9)
  await eventually(async () => {
    const { refused } = await dropPartitions(house.db)
    assert.deepEqual(refused, [{ partition: old, because: 'group-behind', groups: ['gone'] }])
  })

  assert.deepEqual(await forgetGroup(house.db, { group: 'one', who: 'olga' }), { kind: 'refused', because: 'led' })
  assert.deepEqual(await forgetGroup(house.db, { group: 'gone', who: 'olga' }), { kind: 'done', given_up: 1 })
  const again = await forgetGroup(house.db, { group: 'gone', who: 'olga' })
  assert.deepEqual(again, { kind: 'refused', because: 'no-such-group' })
  const { rows } = await sql`select who, action, grp, event_id from msg.operation`.execute(house.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'forget', grp: 'gone', event_id: null }])
  await eventually(async () => assert.ok((await dropPartitions(house.db)).dropped.includes(old)))
})
