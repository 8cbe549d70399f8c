import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client, type Pool } from 'pg'
import { Type } from 'typebox'
import { afterCommit, migrateUp, openDb, openPool, startEmbedded, transaction, type Db } from '#platform/db'
import { consumeLog, defineEvent, subscribe, keyLocal, publish, type Handler } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { printRows, type Row } from './row.ts'

const orderPlaced = defineEvent('bench.order-placed.v1', {
  description: 'An order of typical size.',
  key: 'order_id',
  payload: Type.Object({ order_id: Type.String(), number: Type.Integer(), items: Type.Array(Type.Unknown()) }),
})
const items = [{ sku: 'tea-oolong-100', title: 'Milk oolong, 100 g', quantity: 2, price: 125_000, currency: 'RUB' }]

type Database = Readonly<{ db: Db; pool: Pool }>

/** Measures PERF-4 on its own server with fsync on. `backlog` is the number of events to drain. */
export async function benchEvents({ backlog = 1_000_000 } = {}): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  await chmod(directory, 0o755) // when root starts it, the server runs as another user
  const server = await startEmbedded({ directory })
  const inDatabase = async (name: string, work: (database: Database) => Promise<Row[]>): Promise<Row[]> => {
    const admin = openPool({ url: server.url('postgres'), size: 1 })
    await admin.query(`create database ${name}`)
    await admin.end()
    const pool = openPool({ url: server.url(name), size: 10, name: 'bench' })
    await migrateUp(pool, { parts: [] })
    const db = openDb(pool)
    await sql`create table effect (number int not null)`.execute(db)
    return await work({ db, pool }).finally(() => pool.end())
  }
  try {
    return [
      ...(await inDatabase('relay', relay)),
      ...(await inDatabase('delay', (database) => delayAt(database, 'PERF-4', false))),
      ...(await inDatabase('delay_open', (database) => delayAt(database, 'R3', true))),
      ...(await inDatabase('drain', (database) => drain(database, backlog))),
    ]
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Inserts events by one SQL statement, so that publishing is not part of the measurement. */
async function insertBacklog(pool: Pool, count: number): Promise<void> {
  const client = new Client({ connectionString: pool.options.connectionString })
  await client.connect()
  await client.query(
    `insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
     select uuidv7(), $1, 'bench', i, i, uuidv7(), jsonb_build_object('order_id', i::text, 'number', i, 'items', $3::jsonb)
     from generate_series(1, $2::int) i`,
    [orderPlaced.type, count, JSON.stringify(items)],
  )
  await client.end()
}

/** Measures the milliseconds until a group has handled `count` events with `handler`. */
async function timeToHandle({ db, pool }: Database, count: number, handler: Handler<typeof orderPlaced>) {
  let handled = 0
  let peak = 0
  const done = Promise.withResolvers<number>()
  const started = performance.now()
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100)
  const counting = keyLocal(
    subscribe(orderPlaced, async (tx, event) => {
      await handler(tx, event)
      if (++handled === count) done.resolve(performance.now() - started)
    }),
  )
  const consumer = consumeLog({ db, pool, groups: [{ name: 'bench', subscriptions: [counting] }], log })
  const time = await done.promise
  clearInterval(watch)
  await consumer.stop()
  return { time, peak }
}

async function relay(database: Database): Promise<Row[]> {
  const count = 50_000
  await insertBacklog(database.pool, count)
  const plain = await timeToHandle(database, count, async () => {})
  await sql`update platform.consumer set consumer_group = 'plain'`.execute(database.db)
  await sql`update platform.inbox set consumer_group = 'plain'`.execute(database.db)
  const writing = await timeToHandle(database, count, async (tx, { payload }) => {
    await sql`insert into effect values (${payload.number})`.execute(tx)
  })
  const rate = ({ time }: { time: number }) => count / (time / 1000)
  return [
    {
      id: 'PERF-4',
      measurement: 'relayed to a handler with inbox',
      value: rate(plain),
      unit: 'events/s',
      bar: '>= 5,000',
    },
    {
      id: 'PERF-4',
      measurement: 'the same, with a handler that writes a row for each',
      value: rate(writing),
      unit: 'events/s',
    },
  ]
}

async function drain(database: Database, count: number): Promise<Row[]> {
  await insertBacklog(database.pool, count)
  const before = process.memoryUsage().rss
  const { time, peak } = await timeToHandle(database, count, async () => {})
  const note = `with inbox; memory +${Math.round((peak - before) / 2 ** 20)} MB at most`
  const measurement = `backlog of ${count.toLocaleString('en')} drained to a null handler`
  return [{ id: 'PERF-4', measurement, value: time / 1000, unit: 's', bar: '< 60', note }]
}

/**
 * Publishes 500 orders per second for twelve seconds, on time even while earlier ones are processed. The first two seconds
 * do not count, because connections are opened and code is compiled in them.
 */
async function delayAt({ db, pool }: Database, id: string, withOpenTransaction: boolean): Promise<Row[]> {
  const rate = 500
  const warmUp = rate * 2
  const count = warmUp + rate * 10
  const publishedAt: number[] = []
  const delays: number[] = []
  const commits: number[] = []
  const subscriptions = [
    keyLocal(
      subscribe(orderPlaced, async (tx, { payload: { number } }) => {
        await sql`insert into effect values (${number})`.execute(tx)
        afterCommit(tx, () => delays.push(performance.now() - (publishedAt[number] ?? 0)))
      }),
    ),
  ]
  const consumer = consumeLog({ db, pool, groups: [{ name: 'bench', subscriptions }], log })
  while (consumer.leaderChanges() === 0) await sleep(10)
  const open = await pool.connect()
  if (withOpenTransaction)
    await open.query('begin; set local idle_in_transaction_session_timeout = 0; select pg_current_xact_id()')
  const started = performance.now()
  for (let number = 0; number < count;) {
    for (; number < count && number < ((performance.now() - started) / 1000) * rate; number++) {
      publishedAt[number] = performance.now()
      const order = orderPlaced({ order_id: `${number}`, number, items })
      const publishing = performance.now()
      void transaction(db, (tx) => publish(tx, [order])).then(() => commits.push(performance.now() - publishing))
    }
    await sleep(1)
  }
  while (delays.length < count) await sleep(10)
  if (withOpenTransaction) await open.query('commit')
  open.release()
  await consumer.stop()
  delays.splice(0, warmUp)
  commits.splice(0, warmUp)
  const measurement = `delay at ${rate} orders/s, from the order to its effect${withOpenTransaction ? ', with another transaction open' : ''}`
  return [
    {
      id,
      measurement: `p50 ${measurement}`,
      value: percentile(delays, 0.5),
      unit: 'ms',
      note: `commit alone ${percentile(commits, 0.5).toFixed(1)} ms`,
    },
    {
      id,
      measurement: `p99 ${measurement}`,
      value: percentile(delays, 0.99),
      unit: 'ms',
      bar: '< 100',
      note: `commit alone ${percentile(commits, 0.99).toFixed(1)} ms`,
    },
  ]
}

const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? NaN

if (import.meta.main) printRows(await benchEvents({ backlog: Number(process.argv[2] ?? 1_000_000) }))
