import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { anna, bearer, boris, crowd, customer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { newId, systemClock } from '#platform/values'
import { cart } from '../index.ts'
import { offersFrom, sellTea } from '../testing.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase()
  http = await testServer([cart({ db: database.db, now: systemClock, catalog: offersFrom(database.db) })])
})
after(async () => {
  await http.close()
  await database.close()
})

type Headers = Record<string, string>
const put = (headers: Headers, payload: object) =>
  http.inject({ method: 'POST', url: '/api/v1/cart/items', headers, payload })
const look = async (headers: Headers) => (await http.inject({ url: '/api/v1/cart', headers })).json()
const as = (person: typeof anna) => ({ authorization: bearer(person) })

test('a cart shows today’s price, title, stock and sum (CART-1, CART-3)', async () => {
  const [variant_id = ''] = await sellTea(database.db, { price: 125_000, available: 2 })
  const added = await put(as(anna), { variant_id, quantity: 3 })
  assert.equal(added.statusCode, 200, added.body)
  const shown = await look(as(anna))
  assert.deepEqual(added.json(), shown)
  const { product_id: _, slug: __, ...item } = shown.items[0]
  assert.deepEqual(item, {
    variant_id,
    title: '100 g',
    image: null,
    quantity: 3,
    price: 125_000,
    currency: 'RUB',
    line_total: 375_000,
    available: 2,
    short: true,
  })
  assert.deepEqual(shown.totals, [{ total_amount: 375_000, currency: 'RUB' }])
  assert.equal(shown.cart_token, null)

  await sql`update catalog.variants set price = 130000 where id = ${variant_id}`.execute(database.db)
  assert.equal((await look(as(anna))).items[0].price, 130_000, 'the cart kept an old price')
})

test('twenty clicks at once add up to twenty pieces (CART-1)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  const clicks = await crowd(20, () => put(as(boris), { variant_id, quantity: 1 }))
  assert.ok(clicks.every((click) => click.status === 'fulfilled' && click.value.statusCode === 200))
  assert.equal((await look(as(boris))).items[0].quantity, 20)
})

test('twenty clicks at once stop exactly at 99 pieces, and the rest are told so (CART-1)', async () => {
  const buyer = customer(1)
  const [variant_id = ''] = await sellTea(database.db)
  const clicks = await crowd(20, () => put(as(buyer), { variant_id, quantity: 10 }))
  const codes = clicks
    .map((click) => (click.status === 'fulfilled' ? click.value.statusCode : 0))
    .toSorted((a, b) => a - b)
  assert.deepEqual(codes, [...Array<number>(9).fill(200), ...Array<number>(11).fill(409)])
  assert.equal((await look(as(buyer))).items[0].quantity, 90)
  const refused = (await put(as(buyer), { variant_id, quantity: 10 })).json()
  assert.deepEqual([refused.code, refused.in_cart, refused.most], ['too-many-pieces', 90, 99])
})

test('parallel clicks on different things never put more than a hundred lines into a cart (CART-1)', async () => {
  const buyer = customer(2)
  const variants = await sellTea(database.db, { variants: 110 })
  const clicks = await crowd(variants.length, (i) => put(as(buyer), { variant_id: variants[i], quantity: 1 }))
  const full = clicks.filter((click) => click.status === 'fulfilled' && click.value.json().code === 'cart-full')
  assert.equal(full.length, 10)
  assert.equal((await look(as(buyer))).items.length, 100)
})

test('a guest gets a token that nobody can guess, and it is kept only as a hash (CART-2)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  const { cart_token } = (await put({}, { variant_id, quantity: 2 })).json()
  assert.match(cart_token, /^[\w-]{43}$/)
  const again = (await put({ 'x-cart-token': cart_token }, { variant_id, quantity: 1 })).json()
  assert.equal(again.cart_token, cart_token)
  assert.equal((await look({ 'x-cart-token': cart_token })).items[0].quantity, 3)
  const kept = sql<{ token_hash: Buffer }>`select token_hash from cart.carts where token_hash is not null`
  const { rows } = await kept.execute(database.db)
  assert.ok(rows.length > 0)
  for (const { token_hash } of rows) {
    assert.ok(!cart_token.includes(token_hash.toString()) && !Buffer.from(cart_token, 'base64url').equals(token_hash))
  }
})

test('a token that was never given reads as an empty cart and is not adopted when written with (CART-2)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  const invented = 'x'.repeat(43)
  assert.deepEqual(await look({ 'x-cart-token': invented }), { items: [], totals: [], pieces: 0, cart_token: invented })
  const { cart_token } = (await put({ 'x-cart-token': invented }, { variant_id, quantity: 1 })).json()
  assert.notEqual(cart_token, invented)
  assert.equal((await look({ 'x-cart-token': invented })).items.length, 0)
})

test('what is not for sale does not get into a cart (CART-1)', async () => {
  const unknown = await put(as(customer(3)), { variant_id: newId(), quantity: 1 })
  assert.deepEqual([unknown.statusCode, unknown.json().code], [409, 'not-for-sale'])
  const { rows } = await sql`select from cart.carts where id = ${customer(3).user_id}`.execute(database.db)
  assert.equal(rows.length, 0, 'an empty cart was opened for it')
})

test('a phone that repeats a lost request adds once, a guest gets the same token again (CART-1)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  for (const who of [as(customer(4)), {}] as Headers[]) {
    const headers = { ...who, 'idempotency-key': newId() }
    const [first, second] = [
      await put(headers, { variant_id, quantity: 3 }),
      await put(headers, { variant_id, quantity: 3 }),
    ]
    assert.equal(second.headers['idempotent-replay'], 'true')
    assert.equal(second.body, first.body)
    const { cart_token } = first.json()
    const shown = await look(cart_token === null ? who : { 'x-cart-token': cart_token })
    assert.equal(shown.items[0].quantity, 3)
  }
})

test('quantities beyond 1–99 and unknown fields are refused (CART-1)', async () => {
  const [variant_id = ''] = await sellTea(database.db)
  for (const payload of [
    { variant_id, quantity: 0 },
    { variant_id, quantity: 100 },
    { variant_id, quantity: 1.5 },
    { variant_id: 'tea', quantity: 1 },
    { variant_id, quantity: 1, price: 1 },
  ]) {
    assert.equal((await put(as(anna), payload)).statusCode, 400, JSON.stringify(payload))
  }
  await assert.rejects(
    sql`update cart.items set quantity = 100 where variant_id in (select id from catalog.variants)`.execute(
      database.db,
    ),
    /items_quantity_check/,
  )
})
