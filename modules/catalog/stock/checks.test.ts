import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { orderFulfilled } from '#ordering/events'
import { newId } from '#platform/values'
import { type CatalogTest, openCatalogTest } from '../testing.ts'

let catalog: CatalogTest
before(async () => {
  catalog = await openCatalogTest()
})
after(() => catalog.close())

const violationsOf = async (name: string) =>
  (await catalog.module.checks?.find((check) => check.name === `catalog.${name}`)?.violations()) ?? assert.fail(name)

/** Holds two roses and a bouquet of three of them; returns the order and the rose. */
async function holdRoses() {
  const [rose, order_id] = [await catalog.addVariant(100), newId()]
  const bouquet = await catalog.addBouquet([{ variant_id: rose, quantity: 3 }])
  const items = [
    { variant_id: rose, quantity: 2 },
    { variant_id: bouquet, quantity: 1 },
  ]
  assert.equal((await catalog.hold({ order_id, items, expires_at: catalog.now() })).kind, 'held')
  return { rose, order_id }
}

async function sellRoses() {
  const sold = await holdRoses()
  const { order_id } = sold
  await catalog.deliver(orderFulfilled({ order_id, user_id: newId(), payment_method: 'online' }))
  await catalog.assertNoViolations()
  return sold
}

const copySale = `insert into catalog.movements (id, variant_id, kind, delta, reason, order_id, moved_at)
  select uuidv7(), variant_id, kind, delta, reason, order_id, moved_at from catalog.movements where order_id = $1`

test('a sale that is counted twice is found, also when the stock agrees with it (CAT-13)', async () => {
  const { rose, order_id } = await sellRoses()
  await catalog.pool.query(copySale, [order_id])
  await catalog.pool.query('update catalog.stock set on_hand = on_hand - 5 where variant_id = $1', [rose])
  assert.deepEqual(await violationsOf('on-hand-is-moved'), [])
  assert.deepEqual(await violationsOf('sales-are-moved'), [{ order_id, variant_id: rose, delta: -10, reserved: 5 }])
  await catalog.pool.query('delete from catalog.movements where order_id = $1', [order_id])
  await catalog.pool.query('update catalog.stock set on_hand = on_hand + 10 where variant_id = $1', [rose])
  assert.deepEqual(await violationsOf('on-hand-is-moved'), [])
  assert.deepEqual(await violationsOf('sales-are-moved'), [{ order_id, variant_id: rose, delta: null, reserved: 5 }])
  await catalog.pool.query(`update catalog.stock set on_hand = on_hand - 5 where variant_id = $1`, [rose])
  await catalog.pool.query(`insert into catalog.movements values (uuidv7(), $1, 'sale', -5, 'sold', $2, null, now())`, [
    rose,
    order_id,
  ])
  await catalog.assertNoViolations()
})

test('a sale of a hold that is not sold is found (CAT-13)', async () => {
  const { rose, order_id } = await sellRoses()
  await catalog.pool.query(`update catalog.holds set state = 'released' where order_id = $1`, [order_id])
  assert.deepEqual(await violationsOf('sales-are-moved'), [{ order_id, variant_id: rose, delta: -5, reserved: null }])
  await catalog.pool.query(`update catalog.holds set state = 'sold' where order_id = $1`, [order_id])
  await catalog.assertNoViolations()
})

test('a hold of fewer pieces, or of another variant, than its lines is found (CAT-13)', async () => {
  const { rose, order_id } = await holdRoses()
  const other = await catalog.addVariant(100)
  const variantsOf = async () =>
    (await violationsOf('holds-have-their-lines')).map((row) => (row as { variant_id: string }).variant_id)
  assert.deepEqual(await variantsOf(), [])
  const setItem = (change: string) =>
    catalog.pool.query(`update catalog.hold_items set ${change} where order_id = $1 and reserved > 0`, [order_id])
  for (const change of ['reserved = 4', 'ordered = 1', 'reserved = 3', 'reserved = 8']) {
    await setItem(change)
    assert.deepEqual(await variantsOf(), [rose], change)
    await setItem('reserved = 5, ordered = 2')
  }
  // After an edit, roses of the first line may have been sold while their stock was not tracked; those of the bouquet are reserved.
  const setRevision = (revision: number) =>
    catalog.pool.query('update catalog.holds set revision = $2 where order_id = $1', [order_id, revision])
  await setRevision(2)
  for (const [reserved, violations] of [
    [2, [rose]],
    [3, []],
    [4, []],
    [6, [rose]],
  ] as const) {
    await setItem(`reserved = ${reserved}`)
    assert.deepEqual(await variantsOf(), violations, `${reserved} roses`)
  }
  await setItem('reserved = 5')
  await setRevision(1)
  await setItem(`variant_id = '${other}'`)
  assert.deepEqual(new Set(await variantsOf()), new Set([rose, other]))
  await setItem(`variant_id = '${rose}'`)
  await catalog.assertNoViolations()
})

test('variants whose stock is not tracked are held without pieces (CAT-13)', async () => {
  const card = await catalog.addVariant(0, { stock_policy: 'untracked' })
  const bouquet = await catalog.addBouquet([{ variant_id: card, quantity: 2 }])
  const items = [card, bouquet].map((variant_id) => ({ variant_id, quantity: 3 }))
  assert.equal((await catalog.hold({ order_id: newId(), items, expires_at: catalog.now() })).kind, 'held')
  await catalog.assertNoViolations()
})
