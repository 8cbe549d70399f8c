import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { consumeLog, logJobs, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { partitionOf, publishDaysAgo } from '../fixtures/old-days.ts'
import { createThings, effectsOf, insertEffects, publishThings } from '../fixtures/things.ts'
import { dropPartitions, makePartitions, rowsInDefaultPartition } from './partitions.ts'

let database: TestDatabase
let consumer: LogConsumer | undefined
beforeEach(async () => {
  database = await testDatabase({ parts: [] })
  await createThings(database.db)
})
afterEach(async () => {
  await consumer?.stop()
  await database.close()
})

const start = (before?: () => void) =>
  (consumer = consumeLog({
    ...database,
    groups: [{ name: 'one', subscriptions: [insertEffects('one', before)] }],
    log,
  }))

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'platform'::regnamespace
      and relkind = 'r' and relname ~ '_[0-9]{8}$' order by 1
  `.execute(database.db)
  return rows.map(({ name }) => name)
}

test('the partitions of today and the next three days exist from the start, and a job creates missing ones (PLT-1)', async () => {
  const expected = (['event', 'inbox'] as const).flatMap((parent) =>
    [0, -1, -2, -3].map((day) => partitionOf(parent, day)),
  )
  assert.deepEqual(await partitions(), expected)
  assert.equal(await makePartitions(database.db), 0)
  await sql`drop table ${sql.id('platform', partitionOf('event', 0))}`.execute(database.db)
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  assert.equal(await rowsInDefaultPartition(database.db), 1)
  start()
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1]))
  for (const job of logJobs({ db: database.db, log })) await job.work({}, AbortSignal.timeout(1000))
  assert.deepEqual(await partitions(), expected)
  assert.equal(await rowsInDefaultPartition(database.db), 0)
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual((await effectsOf(database.db, 'one')).get('k'), [1, 2]))
})

test('an old day is dropped only when every group has handled it (R12)', async () => {
  await publishDaysAgo(database.db, 9)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group, snapshot) values ('asleep', '1:1:')`.execute(database.db)
  await consumer?.stop()
  const old = partitionOf('event', 9)
  assert.deepEqual(await dropPartitions(database.db), {
    dropped: [],
    retained: [{ partition: old, reason: 'group-behind', groups: ['asleep'] }],
  })
  assert.ok((await partitions()).includes(partitionOf('inbox', 9)), 'the inbox of that day stays too')
  await sql`
    update platform.consumer set snapshot = pg_current_snapshot() where consumer_group = 'asleep'
  `.execute(database.db)
  assert.deepEqual(await dropPartitions(database.db), { dropped: [old, partitionOf('inbox', 9)], retained: [] })
  assert.ok(!(await partitions()).includes(old))
})

test('an old day with a parked message stays, and so does a day that is not old (R12)', async () => {
  await publishDaysAgo(database.db, 9)
  await publishDaysAgo(database.db, 5)
  start(() => {
    throw new Error('not yet')
  })
  await eventually(() => assert.equal(consumer?.measures()[0]?.parked, 2))
  await consumer?.stop()
  const { retained, dropped } = await dropPartitions(database.db)
  assert.deepEqual(retained, [{ partition: partitionOf('event', 9), reason: 'parked', groups: ['one'] }])
  assert.deepEqual(dropped, [])
  await sql`update platform.parked set state = 'skipped'`.execute(database.db)
  assert.ok((await dropPartitions(database.db)).dropped.includes(partitionOf('event', 9)))
  assert.ok((await partitions()).includes(partitionOf('event', 5)))
})
