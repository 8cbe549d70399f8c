import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { consumeLog, outboxStatus, subscribe, type ConsumerGroup } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { createThings, happened, insertBacklog, noticed, publishThings } from '../fixtures/things.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await createThings(database.db)
})
after(() => database.close())

const backlog = 50_000
const counting = (name: string, handled: { count: number }): ConsumerGroup => ({
  name,
  subscriptions: [subscribe(happened, async () => void handled.count++)],
})

test('a backlog is read page by page, so that memory stays bounded and other groups do not wait (R11, PERF-4)', async (t) => {
  await insertBacklog(database.pool, backlog, 1000)
  const [handled, other] = [{ count: 0 }, { count: 0 }]
  global.gc?.()
  const before = process.memoryUsage().rss
  let peak = before
  let most = 0
  const others: ConsumerGroup = { name: 'others', subscriptions: [subscribe(noticed, async () => void other.count++)] }
  const consumer = consumeLog({ ...database, groups: [counting('behind', handled), others], log })
  t.after(() => consumer.stop())
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss)
    most = Math.max(most, ...consumer.measures().map(({ outstanding }) => outstanding))
  }, 10)
  await eventually(() => assert.equal(handled.count, backlog), { within: 90_000 })
  clearInterval(sampling)
  assert.ok(most <= 1000, `${most} events in memory`)
  assert.ok(peak - before < 100 * 2 ** 20, `${Math.round((peak - before) / 2 ** 20)} MB more`)
  await consumer.stop()
  const [status] = await outboxStatus(database.db)
  assert.partialDeepStrictEqual(status, { group: 'behind', lag_events: 0, handled: backlog, led: false })
})

test('a group that stopped in the middle of a backlog continues from there (PLT-1)', async (t) => {
  const first = { count: 0 }
  const consumer = consumeLog({ ...database, groups: [counting('resuming', first)], log })
  t.after(() => consumer.stop())
  await eventually(() => assert.ok(first.count > 5000), { every: 5, within: 90_000 })
  await consumer.stop()
  assert.ok(first.count < backlog)
  const { rows } = await sql<{ position: number }>`
    select position from platform.consumer where consumer_group = 'resuming'
  `.execute(database.db)
  assert.ok((rows[0]?.position ?? 0) > 0)
  const status = (await outboxStatus(database.db)).find(({ group }) => group === 'resuming')
  assert.ok((status?.lag_events ?? 0) > 0 && (status?.lag_seconds ?? 0) > 0)
  const second = { count: 0 }
  const successor = consumeLog({ ...database, groups: [counting('resuming', second)], log })
  t.after(() => successor.stop())
  await publishThings(database.db, [{ key: 'new', n: 0 }])
  await eventually(() => assert.equal(first.count + second.count, backlog + 1), { within: 90_000 })
  assert.ok((successor.measures()[0]?.duplicates ?? 0) < 1500, 'only the events in memory are read again')
})

test('a group that handles none of the events of a long log passes them quickly (PERF-5)', async (t) => {
  const started = performance.now()
  const consumer = consumeLog({
    ...database,
    groups: [{ name: 'elsewhere', subscriptions: [subscribe(noticed, async () => {})] }],
    log,
  })
  t.after(() => consumer.stop())
  await eventually(async () => {
    const row = (await outboxStatus(database.db)).find(({ group }) => group === 'elsewhere')
    const { rows } = await sql<{ fresh: boolean }>`
      select pg_snapshot_xmax(snapshot) > (select max(tx) from platform.event) as fresh
      from platform.consumer where consumer_group = 'elsewhere'
    `.execute(database.db)
    assert.ok(row && rows[0]?.fresh)
  })
  assert.ok(performance.now() - started < 3000)
  await consumer.stop()
})
