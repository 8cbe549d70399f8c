import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { logChecks, removeGroup, restoreHook } from '#platform/events'
import { eventually } from '#platform/testing'
import { partitionOf, publishDaysAgo } from '../fixtures/old-days.ts'
import { effectsOf, insertEffects, publishThings } from '../fixtures/things.ts'
import { useThings } from '../fixtures/use-things.ts'
import { dropPartitions } from '../log/partitions.ts'

const things = useThings()

const start = () => things.consume([insertEffects('one')])

test('after a restore into another cluster the group handles the remaining events, and none twice (R6, PLT-23)', async () => {
  await publishThings(things.db, [{ key: 'handled', n: 1 }])
  start()
  await eventually(async () => assert.equal((await effectsOf(things.db, 'one')).size, 1))
  await things.consumer?.stop()
  await publishThings(things.db, [{ key: 'unhandled', n: 1 }])
  // As a dump restores them: transaction ids that this cluster has not reached, and a snapshot of the other cluster.
  await sql`update platform.event set tx = (tx::text::bigint + 4000000000)::text::xid8`.execute(things.db)
  await sql`
    update platform.consumer set snapshot = '4000000000:4000000000:', open_window = '4000000009:4000000009:', position = 7
  `.execute(things.db)
  assert.deepEqual(await restoreHook(things.db), { kind: 'done' })
  const { rows } = await sql`select from platform.event where tx > pg_current_xact_id()`.execute(things.db)
  assert.equal(rows.length, 0)
  start()
  await eventually(async () => assert.equal((await effectsOf(things.db, 'one')).size, 2))
  assert.deepEqual(Object.fromEntries(await effectsOf(things.db, 'one')), { handled: [1], unhandled: [1] })
  assert.equal(things.consumer?.measures()[0]?.duplicates, 1)
  assert.deepEqual(await restoreHook(things.db), { kind: 'refused', reason: 'led', groups: ['one'] })
})

test('posad check finds a message that has been dead for minutes, also of an ended saga (PLT-22, PLT-6)', async () => {
  const [check] = logChecks(things.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state, first_failed_at)
    select 'catalog', uuidv7(), n, now(), 'k' || n, 'ordering.order-paid.v1', state, now() - minutes * interval '1 minute'
    from (values (1, 'dead', 6), (2, 'dead', 4), (3, 'skipped', 60), (4, 'retry', 60), (5, 'behind', 60)) as parked (n, state, minutes)
  `.execute(things.db)
  const found = (await check?.violations()) as { key: string }[]
  assert.deepEqual(
    found.map(({ key }) => key),
    ['k1'],
  )
})

test('the group of a removed module keeps old days of the log until an operator removes it (PLT-6)', async () => {
  await publishDaysAgo(things.db, 9)
  start()
  await eventually(async () => assert.equal((await effectsOf(things.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group) values ('removed')`.execute(things.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    select 'removed', event_id, id, day, partition_key, type, 'dead' from platform.event
  `.execute(things.db)
  const old = partitionOf('event', 9)
  await eventually(async () => {
    const { retained } = await dropPartitions(things.db)
    assert.deepEqual(retained, [{ partition: old, reason: 'group-behind', groups: ['removed'] }])
  })

  const remove = (group: string) => removeGroup(things.db, { group, who: 'olga' })
  assert.deepEqual(await remove('one'), { kind: 'refused', reason: 'led' })
  assert.deepEqual(await remove('removed'), { kind: 'done', discarded: 1 })
  assert.deepEqual(await remove('removed'), { kind: 'not-found', what: 'group' })
  const { rows } = await sql`select who, action, consumer_group, event_id from platform.operation`.execute(things.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'remove', consumer_group: 'removed', event_id: null }])
  await eventually(async () => assert.ok((await dropPartitions(things.db)).dropped.includes(old)))
})
