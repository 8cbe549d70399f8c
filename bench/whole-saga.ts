import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { openLogs } from '#platform/telemetry'
import { runApp } from '../apps/run.ts'
import { openBenchApp, registerBuyers, type Cluster } from './bench-app.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import type { Outcome } from './load/plan.ts'
import type { Row } from './row.ts'

const buyersAtOnce = 32
const input = { delivery_method: 'pickup', recipient_name: 'Anna', recipient_phone: '+7 912 345-67-89' }

/** Measures orders from their placement to their fulfilment; HTTP, events and jobs run in this process. */
export async function benchWholeSaga(cluster: Cluster, { orders = 3000 } = {}): Promise<Row[]> {
  const settings = { PAYMENT_SANDBOX: 'auto', DELIVERY_SANDBOX: 'auto' }
  const app = await openBenchApp(cluster, { name: 'whole_saga', products: 1000, settings })
  const running = await runApp({ app, logs: openLogs({ service: 'posad', version: 'bench', level: 'error' }) })
  try {
    const buyers = await registerBuyers(running.address, buyersAtOnce)
    const variants = await variantsOf(app.db)
    const port = Number(new URL(running.address).port)
    const connections = buyers.map(({ token }, i) =>
      variants.map((_, k) => {
        const variant_id = variants[(i * 37 + k) % variants.length]
        return rawRequest({
          method: 'POST',
          path: '/api/v1/orders',
          token,
          body: { ...input, items: [{ variant_id, quantity: 1 }] },
        })
      }),
    )
    await timesOf(app.db, () => runLoad({ port, connections, seconds: 60, count: 1000 })) // to warm up
    const steady = await timesOf(app.db, () => runLoad({ port, connections, seconds: 20, rate: 100 }))
    const peak = await timesOf(app.db, () => runLoad({ port, connections, seconds: 60, count: orders }))
    return [
      {
        id: 'PERF-2',
        measurement: 'whole sagas, created to fulfilled, in one process',
        value: (peak.count * 1000) / peak.span,
        unit: 'orders/s',
        bar: '>= 300',
        note: `${peak.count} orders of ${buyersAtOnce} concurrent buyers`,
      },
      {
        id: 'PERF-2',
        measurement: 'p50 from created to fulfilled at 100 orders/s',
        value: steady.p50,
        unit: 'ms',
        bar: '< 50',
      },
      {
        id: 'PERF-2',
        measurement: 'p99 from created to fulfilled at 100 orders/s',
        value: steady.p99,
        unit: 'ms',
        bar: '< 250',
        note: `of ${steady.count} orders`,
      },
    ]
  } finally {
    await running.stop()
    await app.close()
  }
}

async function variantsOf(db: Db): Promise<string[]> {
  const { rows } = await sql<{
    variant_id: string
  }>`select variant_id from catalog.stock where on_hand > 0 limit 500`.execute(db)
  return rows.map(({ variant_id }) => variant_id)
}

type Times = Readonly<{ count: number; span: number; p50: number; p99: number }>

/** Milliseconds from the placement of each order that `work` places to the commit that fulfils it. */
async function timesOf(db: Db, work: () => Promise<Outcome>): Promise<Times> {
  const since = new Date()
  const before = await fulfilled(db, 0)
  const { answered } = await work()
  await fulfilled(db, before + answered)
  const { rows } = await sql<Times>`
    with fulfilled as (
      select orders.created_at, pg_xact_commit_timestamp(event.tx::xid) as ended_at
      from ordering.orders join platform.event on event.partition_key = orders.id::text and event.type = 'ordering.order-fulfilled.v1'
      where orders.created_at >= ${since}
    )
    select count(*)::int as count, (extract(epoch from max(ended_at) - min(created_at)) * 1000)::float8 as span,
      (percentile_cont(0.5) within group (order by extract(epoch from ended_at - created_at)) * 1000)::float8 as p50,
      (percentile_cont(0.99) within group (order by extract(epoch from ended_at - created_at)) * 1000)::float8 as p99
    from fulfilled`.execute(db)
  if (!rows[0]) throw new Error('No order was fulfilled')
  return rows[0]
}

/** Waits until `count` orders are fulfilled, and returns their number. */
async function fulfilled(db: Db, count: number): Promise<number> {
  for (;;) {
    const { rows } = await sql<{
      count: number
    }>`select count(*)::int as count from ordering.orders where status = 'fulfilled'`.execute(db)
    const found = rows[0]?.count ?? 0
    if (found >= count) return found
    await sleep(200)
  }
}
