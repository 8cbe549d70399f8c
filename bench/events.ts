import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { Client, type Pool } from 'pg'
import { Type } from 'typebox'
import { afterCommit, migrateUp, openDb, openPool, startEmbedded, transaction, type Db } from '#platform/db'
import { consumeLog, defineEvent, subscribe, keyLocal, publish } from '#platform/events'
import { quietLog as log } from '#platform/telemetry'
import { printRows, type Row } from './row.ts'

const placed = defineEvent('bench.order-placed.v1', {
  description: 'An order of the usual size.',
  key: 'order_id',
  payload: Type.Object({ order_id: Type.String(), number: Type.Integer(), items: Type.Array(Type.Unknown()) }),
})
const items = [{ sku: 'tea-oolong-100', title: 'Milk oolong, 100 g', quantity: 2, price: 125_000, currency: 'RUB' }]

type App = Readonly<{ db: Db; pool: Pool }>

/** PERF-4, on a server of its own with fsync on; `backlog` is a million by default. */
export async function benchEvents({ backlog = 1_000_000 } = {}): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'posad-bench-'))
  await chmod(directory, 0o755) // the server of root runs as another user
  const server = await startEmbedded({ directory })
  const inHouse = async (name: string, work: (app: App) => Promise<Row[]>): Promise<Row[]> => {
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
      ...(await inHouse('relay', relay)),
      ...(await inHouse('delay', (app) => delayAt(app, 'PERF-4', false))),
      ...(await inHouse('delay_open', (app) => delayAt(app, 'R3', true))),
      ...(await inHouse('drain', (app) => drain(app, backlog))),
    ]
  } finally {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

/** Told by SQL, so that telling them takes no part in the figure. */
async function pileUp(pool: Pool, count: number): Promise<void> {
  const client = new Client({ connectionString: pool.options.connectionString })
  await client.connect()
  await client.query(
    `insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data)
     select uuidv7(), $1, 'bench', i, i, uuidv7(), jsonb_build_object('order_id', i::text, 'number', i, 'items', $3::jsonb)
     from generate_series(1, $2::int) i`,
    [placed.type, count, JSON.stringify(items)],
  )
  await client.end()
}

/** Milliseconds until a group has heard `count` events, doing `keep` with each. */
async function timeToHear({ db, pool }: App, count: number, keep: Parameters<typeof subscribe<typeof placed>>[1]) {
  let heard = 0
  let peak = 0
  const done = Promise.withResolvers<number>()
  const started = performance.now()
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100)
  const counting = keyLocal(
    subscribe(placed, async (tx, event) => {
      await keep(tx, event)
      if (++heard === count) done.resolve(performance.now() - started)
    }),
  )
  const consumer = consumeLog({ db, pool, groups: [{ name: 'bench', subscriptions: [counting] }], log })
  const time = await done.promise
  clearInterval(watch)
  await consumer.stop()
  return { time, peak }
}

async function relay(app: App): Promise<Row[]> {
  const count = 50_000
  await pileUp(app.pool, count)
  const plain = await timeToHear(app, count, async () => {})
  await sql`update platform.consumer set consumer_group = 'plain'`.execute(app.db)
  await sql`update platform.inbox set consumer_group = 'plain'`.execute(app.db)
  const writing = await timeToHear(app, count, async (tx, { payload }) => {
    await sql`insert into effect values (${payload.number})`.execute(tx)
  })
  const rate = ({ time }: { time: number }) => count / (time / 1000)
  return [
    { id: 'PERF-4', what: 'relayed to a handler with inbox', figure: rate(plain), unit: 'events/s', bar: '>= 5,000' },
    { id: 'PERF-4', what: 'the same, and the handler writes a row for each', figure: rate(writing), unit: 'events/s' },
  ]
}

async function drain(app: App, count: number): Promise<Row[]> {
  await pileUp(app.pool, count)
  const before = process.memoryUsage().rss
  const { time, peak } = await timeToHear(app, count, async () => {})
  const grown = `inbox kept; memory +${Math.round((peak - before) / 2 ** 20)} MB at most`
  const what = `backlog of ${count.toLocaleString('en')} drained to a null handler`
  return [{ id: 'PERF-4', what, figure: time / 1000, unit: 's', bar: '< 60', note: grown }]
}

/**
 * 500 orders a second for twelve seconds, at their time whether the last one is through or not; the first two, in which
 * connections are opened and code is compiled, do not count.
 */
async function delayAt({ db, pool }: App, id: string, leftOpen: boolean): Promise<Row[]> {
  const rate = 500
  const cold = rate * 2
  const count = cold + rate * 10
  const toldAt: number[] = []
  const delays: number[] = []
  const commits: number[] = []
  const subscriptions = [
    keyLocal(
      subscribe(placed, async (tx, { payload: { number } }) => {
        await sql`insert into effect values (${number})`.execute(tx)
        afterCommit(tx, () => delays.push(performance.now() - (toldAt[number] ?? 0)))
      }),
    ),
  ]
  const consumer = consumeLog({ db, pool, groups: [{ name: 'bench', subscriptions }], log })
  while (consumer.leaderChanges() === 0) await sleep(10)
  const open = await pool.connect()
  if (leftOpen)
    await open.query('begin; set local idle_in_transaction_session_timeout = 0; select pg_current_xact_id()')
  const started = performance.now()
  for (let number = 0; number < count;) {
    for (; number < count && number < ((performance.now() - started) / 1000) * rate; number++) {
      toldAt[number] = performance.now()
      const order = placed({ order_id: `${number}`, number, items })
      const began = performance.now()
      void transaction(db, (tx) => publish(tx, [order])).then(() => commits.push(performance.now() - began))
    }
    await sleep(1)
  }
  while (delays.length < count) await sleep(10)
  if (leftOpen) await open.query('commit')
  open.release()
  await consumer.stop()
  delays.splice(0, cold)
  commits.splice(0, cold)
  const what = `delay at ${rate} orders/s, from the order to its effect${leftOpen ? ', another transaction left open' : ''}`
  return [
    {
      id,
      what: `p50 ${what}`,
      figure: percentile(delays, 0.5),
      unit: 'ms',
      note: `commit alone ${percentile(commits, 0.5).toFixed(1)} ms`,
    },
    {
      id,
      what: `p99 ${what}`,
      figure: percentile(delays, 0.99),
      unit: 'ms',
      bar: '< 100',
      note: `commit alone ${percentile(commits, 0.99).toFixed(1)} ms`,
    },
  ]
}

const percentile = (metrics: readonly number[], share: number): number =>
  metrics.toSorted((one, other) => one - other)[Math.floor(metrics.length * share)] ?? NaN

if (import.meta.main) printRows(await benchEvents({ backlog: Number(process.argv[2] ?? 1_000_000) }))
