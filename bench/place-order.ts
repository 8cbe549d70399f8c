import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { openLogs } from '#platform/telemetry'
import { openServer } from '../apps/run.ts'
import type { App } from '../apps/app.ts'
import { openBenchApp, registerBuyers, type Cluster } from './bench-app.ts'
import { floorOf } from './floor.ts'
import { rawRequest } from './load/raw-request.ts'
import { runLoad } from './load/run-load.ts'
import { statementsOf } from '#platform/testing'
import type { Recording } from './recording.ts'
import type { Row } from './row.ts'

const clients = 32
const seconds = 8
const rounds = 3
const input = { delivery_method: 'pickup', recipient_name: 'Anna', recipient_phone: '+7 912 345-67-89' }

/** Measures an app that serves HTTP only: neither it nor the database alone runs events and jobs. */
export async function benchPlaceOrder(cluster: Cluster): Promise<Row[]> {
  const app = await openBenchApp(cluster, { name: 'place_order', products: 1000 })
  const server = await openServer({ app, logs: openLogs({ service: 'posad', version: 'bench', level: 'error' }) })
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  try {
    return await measure(app, { server, address })
  } finally {
    await server.close()
    await app.close()
  }
}

type BuyerWithItems = Awaited<ReturnType<typeof registerBuyers>>[number]
type Served = Readonly<{ server: FastifyInstance; address: string }>

async function measure(app: App, { address }: Served): Promise<Row[]> {
  const buyers = await registerBuyers(address, clients)
  const port = Number(new URL(address).port)
  // A cart is ordered once, so the requests name their items.
  const connections = buyers.map(({ token, items }) => [
    rawRequest({ method: 'POST', path: '/api/v1/orders', token, body: { ...input, items } }),
  ])
  await runLoad({ port, connections, seconds: 4 }) // to warm up
  const recordings: Recording[] = []
  for (const buyer of buyers) recordings.push(await record(app, address, buyer))

  const rates: number[] = []
  const floors: number[] = []
  let driver = ''
  for (let round = 1; round <= rounds; round++) {
    const floor = await floorOf(recordings, { url: app.url, seconds, round })
    driver = floor.driver
    floors.push(floor.perSecond)
    rates.push((await runLoad({ port, connections, seconds })).perSecond)
  }
  const half = await runLoad({ port, connections, seconds: seconds * 2, rate: medianOf(rates) / 2 })
  const statements = recordings[0]?.statements.length ?? 0
  return [
    {
      id: 'PERF-1',
      measurement: `orders placed over HTTP, ${clients} clients`,
      value: medianOf(rates),
      unit: 'orders/s',
      ratio: medianOf(rates) / medianOf(floors),
      bar: `>= 0.5 of ${driver}`,
      note: `${driver} with the same ${statements} statements: ${Math.round(medianOf(floors))}/s; medians of ${rounds} rounds`,
    },
    {
      id: 'PERF-1',
      measurement: 'p99 of placing an order at half of that load',
      value: half.p99,
      unit: 'ms',
      bar: '< 100',
      note: `p50 ${half.p50.toFixed(1)} ms at ${Math.round(half.perSecond)} orders/s`,
    },
  ]
}

/** Records the statements of one order. */
async function record({ db }: App, address: string, { token, user_id, items }: BuyerWithItems): Promise<Recording> {
  const statements = await statementsOf(async () => {
    const response = await fetch(`${address}/api/v1/orders`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...input, items }),
    })
    if (response.status !== 201) throw new Error(await response.text())
  })
  const { rows } = await sql<{ id: string; number: string }>`
    select id, number from ordering.orders where user_id = ${user_id} order by created_at desc limit 1`.execute(db)
  const [order] = rows
  if (!order) throw new Error('The order is not in the database')
  // The check of an idle connection and the occasional read of a session do not belong to the order.
  const placing = statements.filter(({ text }) => text !== 'select' && !text.includes('"identity"'))
  return { statements: placing, fresh: [order.id, order.number] }
}

const medianOf = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN
