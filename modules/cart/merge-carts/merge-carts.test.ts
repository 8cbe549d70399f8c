import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import { anna, bearer, boris, crowd, customer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { systemClock } from '#platform/values'
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
const as = (person: typeof anna, cart_token?: string): Headers => ({
  authorization: bearer(person),
  ...(cart_token !== undefined && { 'x-cart-token': cart_token }),
})
const put = async (headers: Headers, variant_id: string, quantity: number) =>
  (await http.inject({ method: 'POST', url: '/api/v1/cart/items', headers, payload: { variant_id, quantity } })).json()
const look = async (headers: Headers) => (await http.inject({ url: '/api/v1/cart', headers })).json()
const merge = (headers: Headers, cart_token: string) =>
  http.inject({ method: 'POST', url: '/api/v1/cart/merge', headers, payload: { cart_token } })
const quantities = ({ items }: { items: { variant_id: string; quantity: number }[] }) =>
  Object.fromEntries(items.map(({ variant_id, quantity }) => [variant_id, quantity]))

test('the first look after signing in brings the guest’s cart along, and the guest’s is gone (CART-2)', async () => {
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  await put(as(anna), oolong, 2)
  const { cart_token } = await put({}, oolong, 3)
  await put({ 'x-cart-token': cart_token }, puer, 1)

  const shown = await look(as(anna, cart_token))
  assert.deepEqual(quantities(shown), { [oolong]: 5, [puer]: 1 })
  assert.equal(shown.cart_token, null)
  assert.deepEqual(quantities(await look(as(anna, cart_token))), { [oolong]: 5, [puer]: 1 }, 'merged twice')
  assert.deepEqual((await look({ 'x-cart-token': cart_token })).items, [])
  assert.deepEqual((await look(as(boris, cart_token))).items, [], 'Boris got Anna’s tea')
})

test('ten requests at once merge a guest’s cart once (CART-2)', async () => {
  const buyer = customer(1)
  const [oolong = '', puer = ''] = await sellTea(database.db, { variants: 2 })
  await put(as(buyer), oolong, 2)
  const { cart_token } = await put({}, oolong, 3)
  await put({ 'x-cart-token': cart_token }, puer, 4)
  const merges = await crowd(10, (i) => (i % 2 === 0 ? merge(as(buyer), cart_token) : look(as(buyer, cart_token))))
  assert.ok(merges.every(({ status }) => status === 'fulfilled'))
  assert.deepEqual(quantities(await look(as(buyer))), { [oolong]: 5, [puer]: 4 })
})

test('two people who hold the same token do not both get the goods (CART-2)', async () => {
  const [one, other] = [customer(2), customer(3)]
  const [tea = ''] = await sellTea(database.db)
  const { cart_token } = await put({}, tea, 3)
  await crowd(10, (i) => merge(as(i % 2 === 0 ? one : other), cart_token))
  const got = [await look(as(one)), await look(as(other))].map(({ pieces }) => pieces).toSorted((a, b) => a - b)
  assert.deepEqual(got, [0, 3])
})

test('merged quantities stop at 99, and signing in does not fail over it (CART-2)', async () => {
  const buyer = customer(4)
  const [tea = ''] = await sellTea(database.db)
  await put(as(buyer), tea, 60)
  const { cart_token } = await put({}, tea, 60)
  const merged = await merge(as(buyer), cart_token)
  assert.equal(merged.statusCode, 200, merged.body)
  assert.deepEqual(quantities(merged.json()), { [tea]: 99 })
})

test('a token that opens nothing merges nothing, and only who is signed in may merge (CART-2)', async () => {
  const known = await merge(as(customer(5)), 'y'.repeat(43))
  assert.deepEqual([known.statusCode, known.json().items], [200, []])
  assert.equal((await merge({}, 'y'.repeat(43))).statusCode, 401)
  const { rows } = await sql`select from cart.carts where id = ${customer(5).user_id}`.execute(database.db)
  assert.equal(rows.length, 0)
})
