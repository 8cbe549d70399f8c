import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { consumeLog, removeGroup, restoreHook, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { partitionOf, publishDaysAgo } from '../fixtures/old-days.ts'
import { createThings, effectsOf, insertEffects, publishThings } from '../fixtures/things.ts'
import { dropPartitions } from '../log/partitions.ts'

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

const start = () =>
  (consumer = consumeLog({ ...database, groups: [{ name: 'one', subscriptions: [insertEffects('one')] }], log }))

test('after a restore into another cluster the group handles the remaining events, and none twice (R6, PLT-23)', async () => {
  await publishThings(database.db, [{ key: 'handled', n: 1 }])
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await consumer?.stop()
  await publishThings(database.db, [{ key: 'unhandled', n: 1 }])
  // As a dump restores them: transaction ids that this cluster has not reached, and a snapshot of the other cluster.
  await sql`update platform.event set tx = (tx::text::bigint + 4000000000)::text::xid8`.execute(database.db)
  await sql`
    update platform.consumer set snapshot = '4000000000:4000000000:', open_window = '4000000009:4000000009:', position = 7
  `.execute(database.db)
  assert.deepEqual(await restoreHook(database.db), { kind: 'done' })
  const { rows } = await sql`select from platform.event where tx > pg_current_xact_id()`.execute(database.db)
  assert.equal(rows.length, 0)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 2))
  assert.deepEqual(Object.fromEntries(await effectsOf(database.db, 'one')), { handled: [1], unhandled: [1] })
  assert.equal(consumer?.measures()[0]?.duplicates, 1)
  assert.deepEqual(await restoreHook(database.db), { kind: 'refused', reason: 'led', groups: ['one'] })
})

test('the group of a removed module keeps old days of the log until an operator removes it (PLT-6)', async () => {
  await publishDaysAgo(database.db, 9)
  start()
  await eventually(async () => assert.equal((await effectsOf(database.db, 'one')).size, 1))
  await sql`insert into platform.consumer (consumer_group) values ('removed')`.execute(database.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state)
    select 'removed', event_id, id, day, partition_key, type, 'dead' from platform.event
  `.execute(database.db)
  const old = partitionOf('event', 9)
  await eventually(async () => {
    const { retained } = await dropPartitions(database.db)
    assert.deepEqual(retained, [{ partition: old, reason: 'group-behind', groups: ['removed'] }])
  })

  const remove = (group: string) => removeGroup(database.db, { group, who: 'olga' })
  assert.deepEqual(await remove('one'), { kind: 'refused', reason: 'led' })
  assert.deepEqual(await remove('removed'), { kind: 'done', discarded: 1 })
  assert.deepEqual(await remove('removed'), { kind: 'not-found', what: 'group' })
  const { rows } = await sql`select who, action, consumer_group, event_id from platform.operation`.execute(database.db)
  assert.deepEqual(rows, [{ who: 'olga', action: 'remove', consumer_group: 'removed', event_id: null }])
  await eventually(async () => assert.ok((await dropPartitions(database.db)).dropped.includes(old)))
})
