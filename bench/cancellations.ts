import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { catalog } from '#catalog'
import { orderCancelled } from '#ordering/events'
import { memoryCache } from '#platform/cache'
import { transaction } from '#platform/db'
import { consumeLog, publish } from '#platform/events'
import { quietLog } from '#platform/telemetry'
import { after, minutes, newId, systemClock } from '#platform/values'
import type { App } from '../apps/app.ts'
import { openBenchApp, type Cluster } from './bench-app.ts'
import type { Row } from './row.ts'

const buyers = 8
const burst = 60
/** Milliseconds between two bursts. */
const pause = 500
const seconds = 5
const rounds = 4

/** Measures holds of twelve variants by themselves, and while bursts of sixty other orders are cancelled. */
export async function benchCancellations(cluster: Cluster): Promise<Row[]> {
  const app = await openBenchApp(cluster, { name: 'cancellations', products: 1000 })
  try {
    return await measure(app)
  } finally {
    await app.close()
  }
}

async function measure(app: App): Promise<Row[]> {
  const { db, pool } = app
  const module = catalog({
    db,
    now: systemClock,
    cache: memoryCache({ maxBytes: 32_000_000 }),
    purchaseOf: async () => undefined,
    letters: { mailboxesOf: async () => [], mail: { send: async () => {} }, origin: () => '' },
  })
  const hold = holdsOf(module.api, await twelveVariants(app))
  const group = { name: module.name, subscriptions: module.subscriptions ?? [] }
  const consumer = consumeLog({ db, pool, groups: [group], log: quietLog })
  const held: string[] = []
  await load(hold, held) // to warm up
  const alone: number[] = []
  const mixed: number[] = []
  const before = await deadlocksOf(app)
  for (let round = 0; round < rounds; round++) {
    alone.push(await load(hold, held))
    const [rate] = await Promise.all([load(hold, held), cancel(app, held)])
    mixed.push(rate)
  }
  await consumer.stop()
  await sleep(1500) // every connection hands its statistics over at least once a second
  return [
    {
      id: 'CAT-13',
      measurement: `holds while ${(burst * 1000) / pause} orders a second are cancelled, ${burst} at once`,
      value: sum(mixed) / rounds,
      unit: 'holds/s',
      ratio: sum(mixed) / sum(alone),
      bar: '>= 0.9 of the holds without cancellations',
      note: `without: ${Math.round(sum(alone) / rounds)}/s; ${(await deadlocksOf(app)) - before} deadlocks`,
    },
  ]
}

/** A function that holds five of the variants, always others: every order shares some with every other. */
const holdsOf = ({ hold }: ReturnType<typeof catalog>['api'], variants: readonly string[]) => {
  let n = 0
  return async (): Promise<string> => {
    const order_id = newId()
    const i = n++
    const items = Array.from({ length: 5 }, (_, k) => ({
      variant_id: variants[(i * 7 + k * (1 + (i % 11))) % variants.length] ?? '',
      quantity: 1,
    }))
    const outcome = await hold({ order_id, items, expires_at: after(systemClock(), minutes(45)) })
    if (outcome.kind !== 'held') throw new Error(`A hold was refused: ${outcome.reason}`)
    return order_id
  }
}

/** Holds for some seconds, adds the orders to `held`, and returns the holds per second. */
async function load(hold: () => Promise<string>, held: string[]): Promise<number> {
  const started = performance.now()
  const isOver = () => performance.now() - started > seconds * 1000
  let made = 0
  const buy = async () => {
    while (!isOver()) {
      held.push(await hold())
      made++
    }
  }
  await Promise.all(Array.from({ length: buyers }, buy))
  return made / ((performance.now() - started) / 1000)
}

/** Cancels bursts of the orders that were held first. */
async function cancel({ db }: App, held: string[]): Promise<void> {
  for (let bursts = (seconds * 1000) / pause; bursts > 0; bursts--) {
    const events = held
      .splice(0, burst)
      .map((order_id) => orderCancelled({ order_id, user_id: newId(), reason: 'customer' }))
    await Promise.all([transaction(db, (tx) => publish(tx, events)), sleep(pause)])
  }
}

async function twelveVariants({ db }: App): Promise<string[]> {
  const { rows } = await sql<{ variant_id: string }>`
    select variant_id from catalog.stock where on_hand > 0 order by variant_id limit 12`.execute(db)
  return rows.map(({ variant_id }) => variant_id)
}

async function deadlocksOf({ db }: App): Promise<number> {
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks::int from pg_stat_database where datname = current_database()`.execute(db)
  return rows[0]?.deadlocks ?? NaN
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)
