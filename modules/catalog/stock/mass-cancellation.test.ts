import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderCancelled } from '#ordering/events'
import { transaction } from '#platform/db'
import { consumeLog, publish } from '#platform/events'
import { quietLog } from '#platform/telemetry'
import { crowd, eventually } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../testing.ts'

const burst = 60
const bursts = 5
const buyers = 12

let catalog: CatalogTest
let variants: readonly string[]
before(async () => {
  catalog = await openCatalogTest({ size: 30 })
  variants = await Promise.all(Array.from({ length: 12 }, () => catalog.addVariant(100_000)))
})
after(() => catalog.close())

/** Holds five of the variants, always others: every order shares some with every other. */
async function hold(i: number): Promise<string> {
  const order_id = newId()
  const items = Array.from({ length: 5 }, (_, k) => ({
    variant_id: variants[(i * 7 + k * (1 + (i % 11))) % variants.length] ?? assert.fail(),
    quantity: 1,
  }))
  const outcome = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })
  assert.equal(outcome.kind, 'held')
  return order_id
}

const countReleased = async () => {
  const { count } = await catalog.db
    .selectFrom('catalog.holds')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('state', '=', 'released')
    .executeTakeFirstOrThrow()
  return count
}

test('bursts of sixty cancellations and steady checkouts of the same goods never deadlock (F-5, CAT-13)', async () => {
  const held: string[] = []
  await crowd(10, async (i) => {
    for (let n = 0; n < (burst * bursts) / 10; n++) held.push(await hold(i * 100 + n))
  })
  assert.equal(held.length, burst * bursts)
  const before = await catalog.countDeadlocks()
  const consumer = consumeLog({ db: catalog.db, pool: catalog.pool, groups: [catalog.group], log: quietLog })
  let isOver = false
  const buying = crowd(buyers, async (i) => {
    for (let n = 0; !isOver; n++) await hold(i * 1000 + n)
  })
  try {
    for (let n = 1; n <= bursts; n++) {
      const order_ids = held.splice(0, burst)
      const events = order_ids.map((order_id) => orderCancelled({ order_id, user_id: newId(), reason: 'customer' }))
      await transaction(catalog.db, (tx) => publish(tx, events))
      await eventually(async () => assert.equal(await countReleased(), n * burst), { within: 20_000 })
    }
  } finally {
    isOver = true
    await buying
    await consumer.stop()
  }
  for (const each of await buying) if (each.status === 'rejected') assert.fail(each.reason)
  assert.equal(await catalog.countDeadlocks(), before)
  await catalog.assertNoViolations()
})
