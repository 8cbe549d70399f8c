import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import {
  anna,
  assertNotStored,
  boris,
  crowd,
  customer,
  eventually,
  expectProblem,
  expectResponse,
  guest,
  statusesOf,
} from '#platform/testing'
import { newId } from '#platform/values'
import { CartView } from '../schema.ts'
import { countLockWaits, openCartTest, type CartTest } from '../testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

test('a cart shows today’s price, title, stock and sum (CART-1, CART-3)', async () => {
  const [variant_id = ''] = await shop.sellTea({ price: 125_000, available: 2 })
  const added = await shop.added(anna, { variant_id, quantity: 3 })
  const shown = await shop.show(anna)
  assert.deepEqual(added, shown)
  const [{ product_id: _, slug: __, ...item } = assert.fail()] = shown.items
  assert.deepEqual(item, {
    variant_id,
    title: '100 g',
    image: null,
    quantity: 3,
    price: 125_000,
    currency: 'RUB',
    line_total: 375_000,
    discount_amount: 0,
    available: 2,
    insufficient_stock: true,
  })
  const total = { items_amount: 375_000, discount_amount: 0, total_amount: 375_000, currency: 'RUB' }
  assert.deepEqual(shown.totals, [total])
  assert.equal(shown.cart_token, null)

  await sql`update catalog.variants set price = 130000 where id = ${variant_id}`.execute(shop.db)
  assert.equal((await shop.show(anna)).items[0]?.price, 130_000, 'the cart shows an old price')
})

test('twenty clicks at once add up to twenty pieces (CART-1)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const clicks = await crowd(20, () => shop.added(boris, { variant_id, quantity: 1 }))
  assert.ok(clicks.every(({ status }) => status === 'fulfilled'))
  assert.equal((await shop.show(boris)).items[0]?.quantity, 20)
})

test('twenty clicks at once stop before 99 pieces, and the other clicks are refused (CART-1)', async () => {
  const buyer = customer(1)
  const [variant_id = ''] = await shop.sellTea()
  const clicks = await crowd(20, () => shop.add(buyer, { variant_id, quantity: 10 }))
  assert.deepEqual(statusesOf(clicks), [...Array<number>(9).fill(200), ...Array<number>(11).fill(409)])
  assert.equal((await shop.show(buyer)).items[0]?.quantity, 90)
  const problem = expectProblem(await shop.add(buyer, { variant_id, quantity: 10 }), 409, 'too-many-pieces')
  assert.deepEqual([problem['in_cart'], problem['maximum']], [90, 99])
})

test('an addition that waited for another write decides on the lines that this write left (CART-1)', async () => {
  const buyer = customer(6)
  const [tea = ''] = await shop.sellTea()
  await shop.added(buyer, { variant_id: tea, quantity: 1 })
  const { adding } = await transaction(shop.db, async (tx) => {
    await sql`update cart.carts set updated_at = now() where id = ${buyer.user_id}`.execute(tx)
    await sql`update cart.items set quantity = 99 where cart_id = ${buyer.user_id}`.execute(tx)
    const adding = shop.add(buyer, { variant_id: tea, quantity: 1 })
    await eventually(async () => assert.equal(await countLockWaits(shop.db), 1))
    return { adding }
  })
  assert.equal(expectProblem(await adding, 409, 'too-many-pieces')['in_cart'], 99)
})

test('parallel clicks on different things never put more than a hundred lines into a cart (CART-1)', async () => {
  const buyer = customer(2)
  const variants = await shop.sellTea({ variants: 110 })
  const clicks = await crowd(variants.length, (i) => shop.add(buyer, { variant_id: variants[i] ?? '', quantity: 1 }))
  const refused = clicks
    .map((click) => (click.status === 'fulfilled' ? click.value : assert.fail(String(click.reason))))
    .filter(({ status }) => status !== 200)
  for (const response of refused) expectProblem(response, 409, 'cart-full')
  assert.equal(refused.length, 10)
  assert.equal((await shop.show(buyer)).items.length, 100)
})

test('a hundred different variants fill a cart, and more pieces of one of them still fit (CART-1)', async () => {
  const buyer = customer(5)
  const variants = await shop.sellTea({ variants: 101 })
  const [first = '', , last = ''] = [variants[0], ...variants.slice(-2)]
  for (const variant_id of variants.slice(0, 100)) await shop.added(buyer, { variant_id, quantity: 1 })
  const problem = expectProblem(await shop.add(buyer, { variant_id: last, quantity: 1 }), 409, 'cart-full')
  assert.equal(problem['maximum'], 100)
  const { items } = await shop.added(buyer, { variant_id: first, quantity: 98 })
  assert.deepEqual([items.length, items[0]?.quantity], [100, 99])
})

test('a guest gets a token that cannot be guessed, and the database has only its hash (CART-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 2 })
  assert.ok(cart_token !== null)
  assert.match(cart_token, /^[\w-]{43}$/)
  const again = await shop.added(guest, { variant_id, quantity: 1 }, cart_token)
  assert.equal(again.cart_token, cart_token)
  assert.equal((await shop.show(guest, cart_token)).items[0]?.quantity, 3)
  const { rows } = await sql<object>`select * from cart.carts where token_hash is not null`.execute(shop.db)
  assertNotStored(rows, cart_token)
})

test('an invented token shows an empty cart, and adding with it gives a new token (CART-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const invented = 'x'.repeat(43)
  const empty = { items: [], totals: [], pieces: 0, coupon: null, discounts: [], free_delivery: false }
  assert.deepEqual(await shop.show(guest, invented), { ...empty, cart_token: invented })
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 1 }, invented)
  assert.notEqual(cart_token, invented)
  assert.equal((await shop.show(guest, invented)).items.length, 0)
})

test('a variant that is not for sale does not get into a cart (CART-1)', async () => {
  expectProblem(await shop.add(customer(3), { variant_id: newId(), quantity: 1 }), 409, 'not-for-sale')
  const { rows } = await sql`select from cart.carts where id = ${customer(3).user_id}`.execute(shop.db)
  assert.equal(rows.length, 0, 'the refused request inserted an empty cart')
})

test('a phone that repeats a lost request adds once, and a guest gets the same token again (CART-1)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  for (const caller of [customer(4), guest]) {
    const send = () => shop.send(caller, 'POST /cart/items', { body: { variant_id, quantity: 3 }, headers })
    const headers = { 'idempotency-key': newId() }
    const [first, second] = [await send(), await send()]
    assert.equal(second.headers['idempotent-replay'], 'true')
    assert.equal(second.text, first.text)
    const { cart_token } = expectResponse(first, 200, CartView)
    const shown = await shop.show(caller, cart_token ?? undefined)
    assert.equal(shown.items[0]?.quantity, 3)
  }
})

test('two additions with keys share two connections: neither waits for a second one (PERF-2)', async () => {
  const small = await openCartTest({ size: 2 })
  try {
    const [variant_id = ''] = await small.sellTea()
    const body = { variant_id, quantity: 1 }
    const clicks = await crowd(10, (i) =>
      small.send(customer(i), 'POST /cart/items', { body, headers: { 'idempotency-key': newId() } }),
    )
    for (const click of clicks) expectResponse(click.status === 'fulfilled' ? click.value : assert.fail(), 200)
  } finally {
    await small.close()
  }
})

test('quantities outside 1–99 and unknown fields are refused (CART-1)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  for (const body of [
    { variant_id, quantity: 0 },
    { variant_id, quantity: 100 },
    { variant_id, quantity: 1.5 },
    { variant_id: 'tea', quantity: 1 },
    { variant_id, quantity: 1, price: 1 },
  ])
    expectProblem(await shop.add(anna, body), 400, 'validation-failed')
  await assert.rejects(
    sql`update cart.items set quantity = 100 where variant_id in (select id from catalog.variants)`.execute(shop.db),
    /items_quantity_check/,
  )
})
