import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { storeNothing } from '#platform/outcome'
import { anna, boris, crowd, customer, testDatabase, type TestDatabase } from '#platform/testing'
import { systemClock } from '#platform/values'
import { addItem } from './add-item/add-item.ts'
import { cart } from './index.ts'
import { mergeCarts } from './merge-carts/merge-carts.ts'
import { offersFrom, sellTea } from './testing.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const needs = () => ({ db: database.db, now: systemClock, catalog: offersFrom(database.db) })
const put = (user_id: string, variant_id: string) =>
  addItem(needs())({ kind: 'person', user_id }, { variant_id, quantity: 1 }, storeNothing)
const linesOf = async (user_id: string) =>
  (await cart(needs()).api.linesOf(user_id)).map(({ variant_id }) => variant_id)
const switchOff = (variant_id: string) =>
  sql`update catalog.variants set is_active = false where id = ${variant_id}`.execute(database.db)
const violations = async () =>
  (await Promise.all((cart(needs()).checks ?? []).map((check) => check.violations()))).flat()

test('plain SQL switches a variant off: it leaves every cart, others stay (CAT-9)', async () => {
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  for (const { user_id } of [anna, boris]) for (const tea of [oolong, puer]) await put(user_id, tea)
  await switchOff(oolong)
  assert.deepEqual([await linesOf(anna.user_id), await linesOf(boris.user_id)], [[puer], [puer]])
})

test('plain SQL switches a product off: all its variants leave every cart (CAT-9)', async () => {
  const buyer = customer(1)
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  const [cup = ''] = await sellTea(database.db)
  for (const variant of [oolong, puer, cup]) await put(buyer.user_id, variant)
  await sql`
    update catalog.products set is_active = false
    where id = (select product_id from catalog.variants where id = ${oolong})
  `.execute(database.db)
  assert.deepEqual(await linesOf(buyer.user_id), [cup])
})

test('a deleted variant leaves every cart, and a new price moves nobody (CAT-9)', async () => {
  const buyer = customer(2)
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  for (const variant of [oolong, puer]) await put(buyer.user_id, variant)
  await sql`update catalog.variants set price = 1, is_active = true where id = ${puer}`.execute(database.db)
  await sql`delete from catalog.variants where id = ${oolong}`.execute(database.db)
  assert.deepEqual(await linesOf(buyer.user_id), [puer])
})

test('not even plain SQL puts into a cart what is switched off (CAT-9)', async () => {
  const buyer = customer(3)
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  await put(buyer.user_id, puer)
  await switchOff(oolong)
  await sql`
    insert into cart.items (cart_id, variant_id, quantity, added_at) values (${buyer.user_id}, ${oolong}, 1, now())
  `.execute(database.db)
  assert.deepEqual(await linesOf(buyer.user_id), [puer])
})

test('what a stale list still offers does not get into a cart once it is switched off (CAT-9)', async () => {
  const [tea = ''] = await sellTea(database.db)
  const stale = await needs().catalog.offersOf([tea])
  await switchOff(tea)
  const put = addItem({ ...needs(), catalog: { offersOf: async () => stale } })
  const added = await put(
    { kind: 'person', user_id: customer(5).user_id },
    { variant_id: tea, quantity: 1 },
    storeNothing,
  )
  assert.deepEqual(added, { kind: 'refused', reason: 'not-for-sale', variant_ids: [tea] })
})

test('a guest’s cart is merged without what was switched off meanwhile (CAT-9, CART-2)', async () => {
  const buyer = customer(4)
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  const added = await addItem(needs())(
    { kind: 'guest', token: undefined },
    { variant_id: oolong, quantity: 1 },
    storeNothing,
  )
  const token = added.kind === 'added' ? (added.cart.cart_token ?? '') : ''
  await addItem(needs())({ kind: 'guest', token }, { variant_id: puer, quantity: 1 }, storeNothing)
  await switchOff(oolong)
  await mergeCarts(needs())(buyer.user_id, token)
  assert.deepEqual(await linesOf(buyer.user_id), [puer])
})

test('whoever clicks in the moment a variant is switched off, no cart keeps it (CAT-9)', async () => {
  for (let round = 0; round < 10; round++) {
    const [tea = ''] = await sellTea(database.db)
    const clicks = await crowd(8, async (i) =>
      i === 4 ? await switchOff(tea) : await put(customer(10 + i).user_id, tea),
    )
    assert.deepEqual(
      clicks.filter(({ status }) => status === 'rejected'),
      [],
    )
    const { rows } = await sql`select from cart.items where variant_id = ${tea}`.execute(database.db)
    assert.equal(rows.length, 0)
  }
  assert.deepEqual(await violations(), [])
})
