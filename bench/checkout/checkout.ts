import { sql } from 'kysely'
import type { Db } from '#platform/db'
import { openLogs } from '#platform/telemetry'
import type { App } from '../../apps/app.ts'
import { openServer, runApp } from '../../apps/run.ts'
import { openBenchApp, registerUsers, type Cluster } from '../bench-app.ts'
import { floorOf } from '../floor.ts'
import { openCheckoutClient } from '../load/checkout-client.ts'
import type { CheckoutBuyer } from '../load/checkout-plan.ts'
import type { Recording } from '../recording.ts'
import type { Row } from '../row.ts'
import { openCounter, type StatementCounter } from '../statement-counter.ts'
import { countCheckout, countRows, countSteps, type StepCounts } from './count-statements.ts'
import { measureRates, maxBuyers } from './measure-rates.ts'
import { cpuRows, floorRow, rateRows } from './rate-rows.ts'
import { recordCheckout } from './record-checkout.ts'
import { watchEvents } from './watch-events.ts'

const name = 'checkout'
const floorClients = 32
const floorSeconds = 6
const logs = openLogs({ service: 'posad', version: 'bench', level: 'error' })

/** Measures whole checkouts: two items into the cart, order, pay, look until paid. Events and jobs run in this process. */
export async function benchCheckout(cluster: Cluster): Promise<Row[]> {
  const app = await openBenchApp(cluster, { name, products: 1000, settings: { PAYMENT_SANDBOX: 'auto' } })
  const counter = await openCounter(cluster.url('postgres'), name)
  try {
    const steps = await countRequests(app, counter)
    const { whole, rates, recordings } = await measureRunning(app, { cluster, counter })
    // The app has stopped: otherwise it would handle the events of the floor.
    const floor = await floorOf(recordings, { url: app.url, seconds: floorSeconds, round: 1 })
    return [...rateRows(rates), floorRow(rates, floor), ...cpuRows(rates), ...countRows(steps, whole)]
  } finally {
    await counter.close()
    await app.close()
  }
}

type Server = Readonly<{ cluster: Cluster; counter: StatementCounter }>

/** Counts the statements of whole checkouts, measures rates, and records the statements of the buyers of the floor. */
async function measureRunning(app: App, { cluster, counter }: Server) {
  const { address, stop } = await runApp({ app, logs })
  const events = watchEvents(app.url)
  try {
    const buyers = await registerCheckoutBuyers(app.db, address, maxBuyers)
    const port = portOf(address)
    const client = await openCheckoutClient(port, firstOf(buyers))
    const whole = await countCheckout(client, counter, events)
    client.close()
    await counter.stop()
    const rates = await measureRates({ port, buyers, events, postmaster: cluster.pid })
    const recordings: Recording[] = []
    for (const buyer of buyers.slice(0, floorClients)) {
      recordings.push(await recordCheckout({ db: app.db, port, events }, buyer))
    }
    return { whole, rates, recordings }
  } finally {
    await events.close()
    await stop()
  }
}

/** Counts the statements of each request while neither events nor jobs run. */
async function countRequests(app: App, counter: StatementCounter): Promise<StepCounts> {
  const server = await openServer({ app, logs })
  try {
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const client = await openCheckoutClient(portOf(address), firstOf(await registerCheckoutBuyers(app.db, address, 1)))
    const steps = await countSteps(app, client, counter)
    client.close()
    return steps
  } finally {
    await server.close()
  }
}

/** Registers buyers, each with two pairs of variants that no other buyer wants. */
async function registerCheckoutBuyers(db: Db, address: string, count: number): Promise<CheckoutBuyer[]> {
  const { rows } = await sql<{ ids: string[] }>`
    select array_agg(variant_id) as ids from (
      select variant_id, row_number() over (order by variant_id) - 1 as place from catalog.stock where on_hand > 0) numbered
    group by place / 4 having count(*) = 4 limit ${count}`.execute(db)
  const users = await registerUsers(address, count)
  return users.flatMap((user, i) => {
    const [a, b, c, d] = rows[i]?.ids ?? []
    return a && b && c && d
      ? [
          {
            ...user,
            pairs: [
              [a, b],
              [c, d],
            ] as const,
          },
        ]
      : []
  })
}

const portOf = (address: string): number => Number(new URL(address).port)

function firstOf<Item>([first]: readonly Item[]): Item {
  if (first === undefined) throw new Error('The list is empty')
  return first
}
