import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { consumeLog, publish, subscribe, type LogConsumer, type Subscription } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { createThings, effectsOf, happened, insertEffects, publishThings, upTo } from '../fixtures/things.ts'

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

const start = (subscriptions: readonly Subscription[]) =>
  (consumer = consumeLog({ ...database, groups: [{ name: 'one', subscriptions }], log }))
const handled = async () => Object.fromEntries(await effectsOf(database.db, 'one'))

test('a handler that is slow for one key does not delay the others (PLT-1)', async () => {
  const slow = Promise.withResolvers<void>()
  let slowStarted = false
  start([
    insertEffects('one', async ({ payload: { key } }) => {
      if (key !== 'slow') return
      slowStarted = true
      await slow.promise
    }),
  ])
  await publishThings(database.db, [{ key: 'slow', n: 1 }])
  await eventually(() => assert.ok(slowStarted))
  await publishThings(
    database.db,
    upTo(10).map((n) => ({ key: `k${n}`, n })),
  )
  await eventually(async () => assert.equal(Object.keys(await handled()).length, 10))
  assert.equal((await handled())['slow'], undefined)
  slow.resolve()
  await eventually(async () => assert.deepEqual((await handled())['slow'], [1]))
})

test('an event that a handler publishes belongs to the request that caused the first one (PLT-18)', async () => {
  start([
    subscribe(happened, async (tx, { payload: { key, n } }) => {
      if (n < 3) await publish(tx, [happened({ key, n: n + 1 })])
    }),
  ])
  await publishThings(database.db, [{ key: 'k', n: 1 }])
  await eventually(async () => {
    const { rows } = await sql<{ n: number; correlations: number; caused: boolean }>`
      select count(distinct correlation_id)::int as correlations, count(*)::int as n,
        bool_and(causation_id = earlier or earlier is null) as caused
      from (select *, lag(event_id) over (order by id) as earlier from platform.event) e
    `.execute(database.db)
    assert.deepEqual(rows, [{ n: 3, correlations: 1, caused: true }])
  })
})

test('a message that is published again under the same id is handled once (PLT-2)', async () => {
  start([insertEffects('one')])
  const event_id = '01929f3c-0000-7000-8000-000000000001'
  const again = () => transaction(database.db, (tx) => publish(tx, [happened({ key: 'k', n: 1 }, event_id)]))
  await again()
  await again()
  await publishThings(database.db, [{ key: 'k', n: 2 }])
  await eventually(async () => assert.deepEqual(await handled(), { k: [1, 2] }))
})
