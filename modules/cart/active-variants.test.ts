import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { storeNothing } from '#platform/outcome'
import { anna, assertNoViolations, boris, crowd, customer, eventually, guest, violationsOf } from '#platform/testing'
import { addItem } from './add-item/add-item.ts'
import { mergeCarts } from './merge-carts/merge-carts.ts'
import { countLockWaits, openCartTest, type CartTest } from './testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

const add = (user_id: string, variant_id: string) =>
  addItem(shop.needs)({ kind: 'user', user_id }, { variant_id, quantity: 1 }, storeNothing)
const variantsOf = async (user_id: string) =>
  (await shop.module.api.linesOf(user_id)).lines.map(({ variant_id }) => variant_id)
const switchOff = (variant_id: string) =>
  sql`update catalog.variants set is_active = false where id = ${variant_id}`.execute(shop.db)

test('plain SQL switches a variant off: it leaves every cart, others stay (CAT-9)', async () => {
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  for (const { user_id } of [anna, boris]) for (const tea of [oolong, puer]) await add(user_id, tea)
  await switchOff(oolong)
  assert.deepEqual([await variantsOf(anna.user_id), await variantsOf(boris.user_id)], [[puer], [puer]])
})

test('plain SQL switches a product off: all its variants leave every cart (CAT-9)', async () => {
  const buyer = customer(1)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  const [cup = ''] = await shop.sellTea()
  for (const variant of [oolong, puer, cup]) await add(buyer.user_id, variant)
  await sql`
    update catalog.products set is_active = false
    where id = (select product_id from catalog.variants where id = ${oolong})
  `.execute(shop.db)
  assert.deepEqual(await variantsOf(buyer.user_id), [cup])
})

test('a deleted variant leaves every cart; a variant with a new price stays (CAT-9)', async () => {
  const buyer = customer(2)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  for (const variant of [oolong, puer]) await add(buyer.user_id, variant)
  await sql`update catalog.variants set price = 1, is_active = true where id = ${puer}`.execute(shop.db)
  await sql`delete from catalog.variants where id = ${oolong}`.execute(shop.db)
  assert.deepEqual(await variantsOf(buyer.user_id), [puer])
})

test('not even plain SQL puts an inactive variant into a cart (CAT-9)', async () => {
  const buyer = customer(3)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  await add(buyer.user_id, puer)
  await switchOff(oolong)
  await sql`
    insert into cart.items (cart_id, variant_id, quantity, added_at) values (${buyer.user_id}, ${oolong}, 1, now())
  `.execute(shop.db)
  assert.deepEqual(await variantsOf(buyer.user_id), [puer])
})

test('an inactive variant, or one of an inactive product, is refused and opens no cart (CAT-9)', async () => {
  const [off = ''] = await shop.sellTea()
  const [hidden = ''] = await shop.sellTea()
  await switchOff(off)
  await sql`
    update catalog.products set is_active = false
    where id = (select product_id from catalog.variants where id = ${hidden})`.execute(shop.db)
  await sql`update catalog.variants set is_active = true where id = ${hidden}`.execute(shop.db)
  const { user_id } = customer(5)
  for (const variant_id of [off, hidden])
    assert.deepEqual(await add(user_id, variant_id), {
      kind: 'refused',
      reason: 'not-for-sale',
      variant_ids: [variant_id],
    })
  const { rows } = await sql`select from cart.carts where id = ${user_id}`.execute(shop.db)
  assert.equal(rows.length, 0)
})

test('an addition that waits for a variant to be switched off is refused (CAT-9)', async () => {
  const [tea = ''] = await shop.sellTea()
  const { adding } = await transaction(shop.db, async (tx) => {
    await sql`update catalog.variants set is_active = false where id = ${tea}`.execute(tx)
    const adding = add(customer(6).user_id, tea)
    await eventually(async () => assert.equal(await countLockWaits(shop.db), 1))
    return { adding }
  })
  assert.deepEqual(await adding, { kind: 'refused', reason: 'not-for-sale', variant_ids: [tea] })
  assert.deepEqual(await variantsOf(customer(6).user_id), [])
})

test('a guest’s cart is merged without variants that were switched off meanwhile (CAT-9, CART-2)', async () => {
  const buyer = customer(4)
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  const addAsGuest = (token: string | undefined, variant_id: string) =>
    addItem(shop.needs)({ kind: 'guest', token }, { variant_id, quantity: 1 }, storeNothing)
  const outcome = await addAsGuest(undefined, oolong)
  const token = outcome.kind === 'added' ? (outcome.cart.cart_token ?? '') : ''
  await addAsGuest(token, puer)
  await switchOff(oolong)
  await mergeCarts(shop.needs)(buyer.user_id, token)
  assert.deepEqual(await variantsOf(buyer.user_id), [puer])
})

test('carts are merged while a product is switched off: neither fails, and no cart keeps it (CAT-9, CART-2)', async () => {
  for (let round = 0; round < 5; round++) {
    const teas = await shop.sellTea({ variants: 4 })
    const tokens = await Promise.all(
      [1, 2, 3].map(async () => {
        let token: string | undefined
        for (const variant_id of teas)
          token = (await shop.added(guest, { variant_id, quantity: 1 }, token)).cart_token ?? ''
        return token ?? ''
      }),
    )
    const work = await crowd(4, async (i) => {
      const token = tokens[i]
      if (token !== undefined) return await mergeCarts(shop.needs)(customer(20 + i).user_id, token)
      return await transaction(shop.db, (tx) =>
        sql`update catalog.variants set is_active = false where id = any(${teas.toReversed()})`.execute(tx),
      )
    })
    assert.deepEqual(
      work.filter(({ status }) => status === 'rejected'),
      [],
    )
    assert.deepEqual((await sql`select from cart.items where variant_id = any(${teas})`.execute(shop.db)).rows, [])
  }
})

test('a variant that is switched off while buyers add it is in no cart afterwards (CAT-9)', async () => {
  for (let round = 0; round < 10; round++) {
    const [tea = ''] = await shop.sellTea()
    const clicks = await crowd(8, async (i) =>
      i === 4 ? await switchOff(tea) : await add(customer(10 + i).user_id, tea),
    )
    assert.deepEqual(
      clicks.filter(({ status }) => status === 'rejected'),
      [],
    )
    const { rows } = await sql`select from cart.items where variant_id = ${tea}`.execute(shop.db)
    assert.equal(rows.length, 0)
  }
  await assertNoViolations(shop.module)
})

test('posad check finds a line of a cart whose variant does not exist (PLT-22)', async () => {
  const buyer = customer(60)
  const [oolong = ''] = await shop.sellTea()
  await add(buyer.user_id, oolong)
  await assertNoViolations(shop.module)
  await shop.db.connection().execute(async (session) => {
    await sql`set session_replication_role = replica`.execute(session)
    await sql`update cart.items set variant_id = uuidv7() where variant_id = ${oolong}`.execute(session)
    await sql`reset session_replication_role`.execute(session)
  })
  assert.equal((await violationsOf(shop.module)).length, 1)
})
