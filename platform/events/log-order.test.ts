import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { transaction } from '#platform/db'
import { consumeLog, subscribe, publish, type LogConsumer } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { crowd, eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { happened, makeThings, noticed, publishThings } from './fixtures/things.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [], size: 32 })
  await makeThings(database.db)
})
after(() => database.close())

/** Consumes while `work` runs and until it is over, then stops. */
async function listening(heard: (key: string, n: number) => void, work: (consumer: LogConsumer) => Promise<void>) {
  const subscriptions = [subscribe(happened, async (_tx, { payload: { key, n } }) => heard(key, n))]
  const consumer = consumeLog({ ...database, groups: [{ name: `group-${Math.random()}`, subscriptions }], log })
  try {
    await work(consumer)
  } finally {
    await consumer.stop()
  }
}

/** What many take for an outbox reader: everything with an id above the last one. */
async function naiveReader(signal: AbortSignal): Promise<number> {
  let last = 0
  let read = 0
  while (!signal.aborted) {
    const { rows } = await database.pool.query<{ id: number }>(
      'select id from platform.event where id > $1 order by id',
      [last],
    )
    read += rows.length
    last = rows.at(-1)?.id ?? last
    await sleep(2)
  }
  return read
}

test('no event is lost when transactions commit in another order than they began (R1, PLT-1)', async () => {
  const stop = new AbortController()
  const naive = naiveReader(stop.signal)
  const heard = new Set<string>()
  let committed = 0
  await listening(
    (key, n) => heard.add(`${key}/${n}`),
    async () => {
      const end = Date.now() + 2000
      await crowd(12, async (writer) => {
        for (let n = 0; Date.now() < end; n++) {
          await transaction(database.db, async (tx) => {
            await publish(tx, [happened({ key: `writer-${writer}`, n })])
            await sleep(Math.random() * 20)
            if (Math.random() < 0.1) throw new Error('changed my mind')
            committed++
          }).catch(() => {})
        }
      })
      await eventually(() => assert.equal(heard.size, committed), { within: 90_000 })
    },
  )
  stop.abort()
  assert.ok((await naive) < committed, 'the test is worth something: a naive reader loses events here')
})

test('what happens to one thing is heard in the order in which it happened, however many writers fight (R2, PLT-1)', async () => {
  const orders = new Map<string, number[]>()
  await sql`insert into things.hot select 'hot-' || i, 0 from generate_series(0, 9) i`.execute(database.db)
  const count = 16 * 60
  let heard = 0
  await listening(
    (key, n) => {
      if (!key.startsWith('hot')) return
      orders.set(key, [...(orders.get(key) ?? []), n])
      heard++
    },
    async () => {
      await crowd(16, async () => {
        for (let i = 0; i < 60; i++) {
          await transaction(database.db, async (tx) => {
            await sql`select pg_current_xact_id()`.execute(tx)
            await sleep(Math.random() * 3)
            const key = `hot-${Math.floor(Math.random() * 10)}`
            const update = sql<{ n: number }>`update things.hot set n = n + 1 where key = ${key} returning n`
            const { rows } = await update.execute(tx)
            await publish(tx, [happened({ key, n: rows[0]?.n ?? 0 })])
            await sleep(Math.random() * 3)
          })
        }
      })
      await eventually(() => assert.equal(heard, count), { within: 90_000 })
    },
  )
  for (const [key, order] of orders)
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
      key,
    )
  const { rows } = await sql`
    select from (select (data ->> 'n')::int n, lag((data ->> 'n')::int) over (partition by partition_key order by tx) earlier
      from platform.event where partition_key like 'hot-%') e where n < earlier
  `.execute(database.db)
  assert.ok(rows.length > 0, 'the test is worth something: by transaction id the order would be wrong')
})

test('a transaction left open, here or in another database, delays nobody else (R3, PLT-1)', async () => {
  const elsewhere = new pg.Client({ connectionString: database.url.replace(/\/[^/]+$/, '/postgres') })
  const here = new pg.Client({ connectionString: database.url })
  const toldAt = new Map<number, number>()
  const delays: number[] = []
  await listening(
    (key, n) => {
      if (key.startsWith('open')) delays.push(performance.now() - (toldAt.get(n) ?? 0))
    },
    async () => {
      for (const client of [here, elsewhere]) {
        await client.connect()
        await client.query('begin')
        await client.query('select pg_current_xact_id()')
      }
      await here.query(`insert into things.hot values ('left-open', 0)`)
      for (let n = 0; n < 150; n++) {
        toldAt.set(n, performance.now())
        await publishThings(database.db, [{ key: `open-${n % 10}`, n }])
        await sleep(20)
      }
      await eventually(() => assert.equal(delays.length, 150))
      for (const client of [here, elsewhere]) await client.query('commit')
    },
  )
  for (const client of [here, elsewhere]) await client.end()
  const p99 = delays.toSorted((a, b) => a - b)[148] ?? Infinity
  // The bar is 100 ms, which bench/events.ts measures; held back, they would all have waited for 3 s.
  assert.ok(p99 < 1000, `p99 ${p99} ms`)
})

test('an event that was told long ago in a transaction that only now commits is heard (R1)', async () => {
  const heard: string[] = []
  await listening(
    (key) => heard.push(key),
    async () => {
      await transaction(database.db, async (tx) => {
        await publish(tx, [happened({ key: 'slow', n: 1 })])
        for (let n = 0; n < 20; n++) await publishThings(database.db, [{ key: 'quick', n }])
        await eventually(() => assert.ok(heard.filter((key) => key === 'quick').length >= 20))
        assert.ok(!heard.includes('slow'))
      })
      await eventually(() => assert.ok(heard.includes('slow')))
    },
  )
})

test('a transaction that tells never notifies; other processes are woken by few notices of their own (R7)', async (t) => {
  const listener = new pg.Client({ connectionString: database.url })
  await listener.connect()
  await listener.query('listen platform_events')
  const notices: number[] = []
  listener.on('notification', ({ processId }) => notices.push(processId))
  const leader = consumeLog({
    ...database,
    groups: [{ name: 'woken', subscriptions: [subscribe(noticed, async () => {})] }],
    log,
  })
  await eventually(() => assert.equal(leader.leaderChanges(), 1))
  const writers = new Set<number>()
  const other = new pg.Pool({ connectionString: database.url, max: 2 })
  const teller = consumeLog({ db: database.db, pool: other, groups: [], log })
  t.after(async () => {
    await teller.stop()
    await leader.stop()
    await other.end()
    await listener.end()
  })
  await sleep(800)
  notices.length = 0
  const started = performance.now()
  for (let n = 0; n < 200; n++) {
    await transaction(database.db, async (tx) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
      writers.add(rows[0]?.pid ?? 0)
      await publish(tx, [noticed({ key: 'k', n })])
    })
  }
  const most = (performance.now() - started) / 10 + 2
  await sleep(100)
  assert.ok(notices.length > 0 && notices.length <= most, `${notices.length} notices, at most ${most}`)
  assert.ok(!notices.some((pid) => writers.has(pid)), 'sent by a connection that never writes business')
})
