import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderCancelled } from '#ordering/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { deliverEvents, eventually } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const addVariants = async () =>
  (await Promise.all(Array.from({ length: 8 }, () => catalog.addVariant(100)))).toSorted((a, b) => (a < b ? -1 : 1))

async function hold(variant_ids: readonly string[]): Promise<string> {
  const order_id = newId()
  const items = variant_ids.map((variant_id) => ({ variant_id, quantity: 1 }))
  const outcome = await catalog.hold({ order_id, items, expires_at: later(catalog.now(), minutes(30)) })
  assert.equal(outcome.kind, 'held')
  return order_id
}

/** Locks the stock of the first variant, and returns how many of the others `work` has locked while it waits for it. */
async function lockedBeforeFirst([first, ...others]: readonly string[], work: () => Promise<unknown>): Promise<number> {
  const lock = await catalog.pool.connect()
  const lockRows = (variant_ids: readonly (string | undefined)[], rest = '') =>
    lock.query(`select from catalog.stock where variant_id = any($1) for update ${rest}`, [variant_ids])
  await lock.query('begin')
  await lockRows([first])
  const working = work()
  await eventually(async () => {
    const { rowCount } = await catalog.pool.query(`
      select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
    assert.equal(rowCount, 1)
  })
  const { rowCount: free } = await lockRows(others, 'skip locked')
  await lock.query('commit')
  lock.release()
  await working
  return others.length - (free ?? 0)
}

test('a hold locks its stock in the order of the ids, so that no two holds wait for each other (F-5, CAT-13)', async () => {
  const variants = await addVariants()
  assert.equal(await lockedBeforeFirst(variants, () => hold(variants.toReversed())), 0)
})

test('the cancelled orders of a batch lock their stock at once and in the order of the ids (F-5, CAT-13)', async () => {
  const variants = await addVariants()
  const order_ids: string[] = []
  for (const variant_id of variants.toReversed()) order_ids.push(await hold([variant_id]))
  const events = order_ids.map((order_id) => orderCancelled({ order_id, user_id: newId(), reason: 'customer' }))
  await transaction(catalog.db, (tx) => publish(tx, events))
  const cancel = () => deliverEvents(catalog.db, [catalog.group], { together: true })
  assert.equal(await lockedBeforeFirst(variants, cancel), 0)
  await catalog.assertNoViolations()
})
