import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, raceFor } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import type { HoldItem, HoldOutcome } from '../../api.ts'
import { type CatalogTest, openCatalogTest } from '../../testing.ts'

// Concurrent holds of one process share a transaction, and its queue runs the calls for one order one by one. Two processes
// have only the locks and constraints of PostgreSQL.

let catalog: CatalogTest
let elsewhere: ReturnType<CatalogTest['elsewhere']>
before(async () => {
  catalog = await openCatalogTest()
  elsewhere = catalog.elsewhere()
})
after(() => catalog.close())

const inputOf = (items: readonly HoldItem[], order_id = newId()) => ({
  order_id,
  items,
  expires_at: later(catalog.now(), minutes(30)),
})

/** The first process holds `one` and the second holds `other`. */
const holdBoth = (one: ReturnType<typeof inputOf>, other: ReturnType<typeof inputOf>) =>
  Promise.all([catalog.hold(one), elsewhere.api.hold(other)])

const kindsOf = (outcomes: readonly HoldOutcome[]) =>
  outcomes.map((outcome) => (outcome.kind === 'held' ? 'held' : outcome.reason)).toSorted()

const lockStock = (variant_id: string) => sql`select from catalog.stock where variant_id = ${variant_id} for update`

const reservedOf = async (variant_id: string) => {
  const stock = catalog.db.selectFrom('catalog.stock').select('reserved').where('variant_id', '=', variant_id)
  return (await stock.executeTakeFirstOrThrow()).reserved
}

test('two processes that take the last pieces of two variants leave the product sold out (CAT-6, CAT-13)', async () => {
  const { variants } = await catalog.addProduct({
    variants: [
      { price: 1, stock_quantity: 1 },
      { price: 2, stock_quantity: 1 },
    ],
  })
  const [one, other] = variants.map(({ id }) => inputOf([{ variant_id: id, quantity: 1 }]))
  assert.ok(one && other)
  // One process waits to publish, after it has updated the lists; the other waits for the row of the product in the lists.
  const outcomes = await raceFor(catalog.db, {
    lock: sql`lock table platform.event in share mode`,
    waiting: 2,
    start: () => holdBoth(one, other),
  })
  assert.deepEqual(kindsOf(outcomes), ['held', 'held'])
  await catalog.assertNoViolations()
})

test('of two processes that read the same last piece one holds it, and the other is refused (CAT-13, REL-5)', async () => {
  const rose = await catalog.addVariant(1)
  const items = [{ variant_id: rose, quantity: 1 }]
  const outcomes = await raceFor(catalog.db, {
    lock: lockStock(rose),
    waiting: 2,
    start: () => holdBoth(inputOf(items), inputOf(items)),
  })
  assert.deepEqual(kindsOf(outcomes), ['held', 'out-of-stock'])
  assert.equal(await reservedOf(rose), 1)
  await catalog.assertNoViolations()
})

test('two processes that hold one order hold it once, and both answer with the same lines (CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const input = inputOf([{ variant_id: rose, quantity: 3 }])
  const [one, other] = await raceFor(catalog.db, {
    lock: lockStock(rose),
    waiting: 2,
    start: () => holdBoth(input, input),
  })
  assert.equal(one.kind, 'held')
  assert.deepEqual(one, other)
  assert.equal(await reservedOf(rose), 3)
  await catalog.assertNoViolations()
})

test('of two processes with two bodies under one id one holds, and the other is refused (F-6, CAT-13)', async () => {
  const rose = await catalog.addVariant(10)
  const order_id = newId()
  const [one, other] = [1, 2].map((quantity) => inputOf([{ variant_id: rose, quantity }], order_id))
  assert.ok(one && other)
  const outcomes = await raceFor(catalog.db, {
    lock: lockStock(rose),
    waiting: 2,
    start: () => holdBoth(one, other),
  })
  assert.deepEqual(kindsOf(outcomes), ['held', 'id-taken'])
  assert.equal(await reservedOf(rose), outcomes[0].kind === 'held' ? 1 : 2)
  await catalog.assertNoViolations()
})

test('two processes with crowds that take the same variants in opposite order never oversell or deadlock (CAT-13)', async () => {
  const [one, other] = [await catalog.addVariant(50), await catalog.addVariant(200)]
  const before = await catalog.countDeadlocks()
  const items = [one, other].map((variant_id) => ({ variant_id, quantity: 1 }))
  const ended = await crowd(100, (i) =>
    i % 2 ? catalog.hold(inputOf(items)) : elsewhere.api.hold(inputOf(items.toReversed())),
  )
  const outcomes = ended.map((each) => (each.status === 'fulfilled' ? each.value : assert.fail(String(each.reason))))
  assert.equal(outcomes.filter(({ kind }) => kind === 'held').length, 50)
  assert.deepEqual([await reservedOf(one), await reservedOf(other)], [50, 50])
  assert.equal(await catalog.countDeadlocks(), before)
  await catalog.assertNoViolations()
})
