import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { logJobs } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually } from '#platform/testing'
import { partitionOf, publishDaysAgo } from '../fixtures/old-days.ts'
import { effectsOf, insertEffects, publishThings } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'
import { dropPartitions, makePartitions, rowsInDefaultPartition } from './partitions.ts'

const things = useThings()

const start = (before?: () => void) => things.consume([insertEffects('one', before)])

async function partitions(): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = 'platform'::regnamespace
      and relkind = 'r' and relname ~ '_[0-9]{8}$' order by 1
  `.execute(things.db)
  return rows.map(({ name }) => name)
}

test('the partitions of today and the next three days exist from the start, and a job creates missing ones (PLT-1)', async () => {
  const expected = (['event', 'inbox', 'ingested'] as const).flatMap((parent) =>
    [0, -1, -2, -3].map((day) => partitionOf(parent, day)),
  )
  assert.deepEqual(await partitions(), expected)
  assert.equal(await makePartitions(things.db), 0)
  await sql`drop table ${sql.id('platform', partitionOf('event', 0))}`.execute(things.db)
  await publishThings(things.db, [{ key: 'k', n: 1 }])
  assert.equal(await rowsInDefaultPartition(things.db), 1)
  start()
  await eventually(async () => assert.deepEqual((await effectsOf(things.db, 'one')).get('k'), [1]))
  for (const job of logJobs({ db: things.db, log })) await job.work({}, AbortSignal.timeout(1000))
  assert.deepEqual(await partitions(), expected)
  assert.equal(await rowsInDefaultPartition(things.db), 0)
  await publishThings(things.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual((await effectsOf(things.db, 'one')).get('k'), [1, 2]))
})

test('an old day is dropped only when every group has handled it (R12)', async () => {
  await publishDaysAgo(things.db, 9)
  start()
  await eventually(async () => assert.equal((await effectsOf(things.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group, snapshot) values ('asleep', '1:1:')`.execute(things.db)
  await things.consumer?.stop()
  const old = partitionOf('event', 9)
  assert.deepEqual(await dropPartitions(things.db), {
    dropped: [],
    retained: [{ partition: old, reason: 'group-behind', groups: ['asleep'] }],
  })
  assert.ok((await partitions()).includes(partitionOf('inbox', 9)), 'the inbox of that day stays too')
  await sql`
    update platform.consumer set snapshot = pg_current_snapshot() where consumer_group = 'asleep'
  `.execute(things.db)
  assert.deepEqual(await dropPartitions(things.db), { dropped: [old, partitionOf('inbox', 9)], retained: [] })
  assert.ok(!(await partitions()).includes(old))
})

test('an old day with a parked message stays, and so does a day that is not old (R12)', async () => {
  await publishDaysAgo(things.db, 9)
  await publishDaysAgo(things.db, 5)
  start(() => {
    throw new Error('not yet')
  })
  await eventually(() => assert.equal(things.consumer?.measures()[0]?.parked, 2))
  await things.consumer?.stop()
  const { retained, dropped } = await dropPartitions(things.db)
  assert.deepEqual(retained, [{ partition: partitionOf('event', 9), reason: 'parked', groups: ['one'] }])
  assert.deepEqual(dropped, [])
  await sql`update platform.parked set state = 'skipped'`.execute(things.db)
  assert.ok((await dropPartitions(things.db)).dropped.includes(partitionOf('event', 9)))
  assert.ok((await partitions()).includes(partitionOf('event', 5)))
})
