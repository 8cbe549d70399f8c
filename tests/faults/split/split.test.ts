import assert from 'node:assert/strict'
import { afterEach, test, type TestContext } from 'node:test'
import { OrderSummary } from '#ordering/schema'
import { openDb, openPool } from '#platform/db'
import { Page } from '#platform/schema'
import { eventually, expectResponse } from '#platform/testing'
import { minutes } from '#platform/values'
import { firstOf } from '../../e2e/purchase-steps.ts'
import { staff } from '../../e2e/secrets.ts'
import { temporaryDirectory } from '../../start/shop-process.ts'
import { brokenInvariants, unfinishedWork } from '../invariants.ts'
import { writeFaults, type Recovery } from '../report.ts'
import { retryingClient } from '../retrying-client.ts'
import { buyUntil, registerBuyer, retryFor } from '../shopper.ts'
import { brokerRun, longRun, shortRun, type Fault } from './faults.ts'
import { openSplitShop, type SplitShop } from './split-shop.ts'
import { openUnitedDatabase } from './united-database.ts'

/** The faults are repeated for this time, in seconds; each happens at least once. Two minutes are a long run. */
const seconds = Number(process.env['FAULT_SECONDS'] ?? 12)
/** The document that gets the table. */
const report = process.env['FAULT_REPORT']
const isLong = seconds >= 120
/** The broker, the variable that shows that it is installed, its section in the document, and its faults. */
const brokers = [
  { kind: 'rabbitmq', variable: 'RABBITMQ_URL', section: 'services', faults: isLong ? longRun : shortRun },
  {
    kind: 'kafka',
    variable: 'KAFKA_BOOTSTRAP_SERVERS',
    section: 'services-kafka',
    faults: isLong ? longRun : brokerRun,
  },
] as const
/** Milliseconds for which a network or a broker is away. */
const away = isLong ? 8000 : 2500
const { FAULT_BROKER: chosen } = process.env
const directory = temporaryDirectory()
let shop: SplitShop | undefined
afterEach(async () => {
  await shop?.close()
  shop = undefined
})

type Injecting = Readonly<{ faults: readonly Fault[]; end: number; variant_id: string }>

/** Injects one fault after the other, and measures how long after each a new order is fulfilled. */
async function injectUntil(t: TestContext, running: SplitShop, { faults, end, variant_id }: Injecting) {
  const recoveries: Recovery[] = []
  const buyer = await registerBuyer(running.address)
  for (let n = 0; n < faults.length || Date.now() < end; n++) {
    const fault = faults[n % faults.length] ?? assert.fail()
    await fault.inject(running, away)
    const healedAt = performance.now()
    const { status } = await buyer.buy(variant_id)
    assert.equal(status, 'fulfilled', fault.name)
    const milliseconds = Math.round(performance.now() - healedAt)
    recoveries.push({ fault: fault.name, milliseconds })
    t.diagnostic(`${fault.name}; an order placed afterwards was fulfilled after ${milliseconds} ms`)
  }
  return recoveries
}

/** Waits until every order has ended, and all that follows from it is done in every service. */
async function assertAtRest({ databases }: SplitShop): Promise<void> {
  const united = await openUnitedDatabase(databases)
  const pools = [...databases.values()].map((url) => openPool({ url, size: 1, name: 'fault tests' }))
  try {
    await eventually(
      async () => {
        const unfinished = await Promise.all(pools.map(async (pool) => await unfinishedWork(openDb(pool))))
        assert.deepEqual(unfinished.flat(), [])
        assert.deepEqual(await brokenInvariants(united.db), {})
      },
      { within: 60_000, every: 500 },
    )
  } finally {
    await Promise.all(pools.map(async (pool) => await pool.end()))
    await united.close()
  }
}

for (const { kind, variable, section, faults } of brokers) {
  const isThere = process.env[variable] && (chosen === undefined || chosen === kind)
  const skip =
    !isThere &&
    `SKIPPED: ${variable} is not set, or FAULT_BROKER names another one: scripts/services.sh up ${kind} installs the server that this suite starts and kills`
  const name = `every fault of a program, a database, the broker or a network under load loses no order, charges no customer twice and sells nothing twice, over ${kind} (REL-1, REL-2, REL-3)`
  test(name, { skip, timeout: minutes(15) + seconds * 2000 }, async (t) => {
    const environment = {
      POSAD_DATA: directory,
      PAYMENT_SANDBOX: 'auto',
      DELIVERY_SANDBOX: 'auto',
      ACCESS_TOKEN_TTL_SECONDS: '86400',
      LOG_LEVEL: 'error',
    }
    shop = await openSplitShop(kind, environment)
    const client = retryingClient(shop.address, retryFor)
    const { variant_id } = await firstOf(client, 'teas')
    const correction = { body: { delta: 1_000_000, reason: 'for a long day' } }
    await client.send(staff, `POST /admin/variants/${variant_id}/stock`, correction)

    let isOver = false
    const { address } = shop
    const customers = Promise.all(Array.from({ length: 3 }, () => buyUntil(address, variant_id, () => isOver)))
    const injecting = injectUntil(t, shop, { faults, end: Date.now() + seconds * 1000, variant_id })
    const [recoveries, perCustomer] = await Promise.all([injecting.finally(() => (isOver = true)), customers])
    const orders = perCustomer.flat()

    for (const [as, own] of Map.groupBy(orders, (order) => order.as)) {
      const { total } = expectResponse(await client.send(as, 'GET /orders'), 200, Page(OrderSummary))
      assert.equal(total, own.length, 'the shop has the orders that it confirmed, and no others')
    }
    await assertAtRest(shop)
    const longest = Math.max(...recoveries.map(({ milliseconds }) => milliseconds))
    t.diagnostic(`${orders.length} orders, ${recoveries.length} faults; the longest recovery took ${longest} ms`)
    assert.ok(longest < retryFor)
    const fulfilled = orders.filter(({ status }) => status === 'fulfilled').length
    const until = 'a new order is fulfilled'
    if (report !== undefined)
      writeFaults(report, {
        section,
        seconds,
        broker: kind,
        orders: orders.length,
        fulfilled,
        recoveries,
        until,
      })
  })
}
