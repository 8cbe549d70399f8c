import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { orderCreated } from '#ordering/events'
import type { Caller } from '#platform/access'
import { transaction } from '#platform/db'
import { anna, customer, eventually, expectResponse, guest, statementsOf } from '#platform/testing'
import { newId } from '#platform/values'
import { countLockWaits, linesOf, openCartTest, type CartTest } from './testing.ts'

let shop: CartTest
before(async () => {
  shop = await openCartTest()
})
after(async () => await shop.close())

/** The part of the database that each statement of a request is for, without the test of an idle connection. */
async function sentBy(work: () => Promise<unknown>): Promise<string[]> {
  const statements = await statementsOf(async () => {
    await work()
  })
  return statements
    .map(({ text }) => text.trim())
    .filter((text) => text !== 'select')
    .map(partOf)
}

function partOf(text: string): string {
  if (/^(begin|commit|rollback)/.test(text)) return text.split(/\W/, 1).join()
  return /\b(cart|catalog)\.|platform\.(idempotency)/.exec(text)?.slice(1).find(Boolean) ?? text
}

type Options = Readonly<{ token?: string; key?: string; body?: object }>
const request = async (caller: Caller, route: `${string} /${string}`, { token, key, body }: Options = {}) =>
  expectResponse(
    await shop.send(caller, route, {
      headers: { ...(token && { 'x-cart-token': token }), ...(key && { 'idempotency-key': key }) },
      ...(body && { body }),
    }),
    200,
  )

test('a write of a cart is one statement, and its prices are another (CART-1, PERF-2)', async () => {
  const [oolong = '', puer = ''] = await shop.sellTea({ variants: 2 })
  const { cart_token } = await shop.added(guest, { variant_id: oolong, quantity: 1 })
  const guestToken = cart_token ?? assert.fail('a guest got no token')
  for (const [caller, token] of [
    [anna, undefined],
    [guest, guestToken],
  ] as const) {
    const options = token === undefined ? {} : { token }
    const add = (variant_id: string) =>
      sentBy(() => request(caller, 'POST /cart/items', { ...options, body: { variant_id, quantity: 1 } }))
    assert.deepEqual(await add(oolong), ['cart', 'catalog'], 'the first addition')
    assert.deepEqual(await add(puer), ['cart', 'catalog'], 'a second addition')
    assert.deepEqual(
      await sentBy(() => request(caller, `PATCH /cart/items/${puer}`, { ...options, body: { quantity: 3 } })),
      ['cart', 'catalog'],
    )
    assert.deepEqual(await sentBy(() => request(caller, 'GET /cart', options)), ['cart', 'catalog'])
    assert.deepEqual(await sentBy(() => request(caller, `DELETE /cart/items/${puer}`, options)), ['cart', 'catalog'])
    assert.deepEqual(await sentBy(() => request(caller, 'DELETE /cart', options)), ['cart'])
    assert.deepEqual(await sentBy(() => request(caller, 'GET /cart', options)), ['cart'])
  }
})

test('additions that meet are one statement, and each buyer gets an outcome (CART-1, PERF-2)', async () => {
  const [tea = '', cup = ''] = await shop.sellTea({ variants: 2 })
  const buyers = [customer(11), customer(12), customer(13), guest, guest, customer(11)]
  const bodies = buyers.map((_, i) => ({ variant_id: i === 2 ? newId() : i === 5 ? cup : tea, quantity: i + 1 }))
  for (const buyer of [customer(11), customer(12)]) {
    await shop.added(buyer, { variant_id: cup, quantity: 1 })
    await shop.send(buyer, `DELETE /cart/items/${cup}`)
  }
  let responses: readonly { status: number }[] = []
  const statements = await statementsOf(async () => {
    const { sending } = await transaction(shop.db, async (tx) => {
      // The first additions wait for a lock, so that the others meet.
      await sql`select from cart.carts for update`.execute(tx)
      const sending = Promise.all(
        buyers.map((buyer, i) => shop.send(buyer, 'POST /cart/items', { body: bodies[i] ?? {} })),
      )
      await eventually(async () => assert.notEqual(await countLockWaits(shop.db), 0))
      return { sending }
    })
    responses = await sending
  })
  assert.deepEqual(
    responses.map(({ status }) => status),
    [200, 200, 409, 200, 200, 200],
  )
  // Two statements at once, one for the others, and one for the second addition of one buyer, which waits for the first.
  const additions = statements.filter(({ text }) => text.includes('cart.add_item('))
  assert.ok(additions.length <= 4, `${additions.length} statements`)
  // Lines that were added in one millisecond stand in the order of their ids.
  const inCart = async (buyer: Caller) =>
    linesOf(await shop.show(buyer)).toSorted(([, one], [, other]) => Number(one) - Number(other))
  assert.deepEqual(await inCart(customer(11)), [
    [tea, 1],
    [cup, 6],
  ])
  assert.deepEqual(await inCart(customer(12)), [[tea, 2]])
  assert.deepEqual(await inCart(customer(13)), [])
})

test('a refused addition is one statement (CART-1, PERF-2)', async () => {
  const body = { variant_id: newId(), quantity: 1 }
  assert.deepEqual(await sentBy(() => shop.send(anna, 'POST /cart/items', { body })), ['cart'])
})

test('an addition with a key stores its response in the transaction of the write (CART-1, PERF-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const add = () => request(customer(1), 'POST /cart/items', { key, body: { variant_id, quantity: 1 } })
  const key = newId()
  assert.deepEqual(await sentBy(add), ['idempotency', 'begin', 'cart', 'catalog', 'idempotency', 'commit'])
  assert.deepEqual(await sentBy(add), ['idempotency', 'idempotency'], 'the repeat')
})

test('a merge is one statement, and the cart of an order is another (CART-2, PERF-2)', async () => {
  const buyer = customer(2)
  const [variant_id = ''] = await shop.sellTea()
  const { cart_token } = await shop.added(guest, { variant_id, quantity: 1 })
  const token = cart_token ?? assert.fail('a guest got no token')
  assert.deepEqual(await sentBy(() => request(buyer, 'POST /cart/merge', { body: { cart_token: token } })), [
    'cart',
    'catalog',
  ])
  assert.deepEqual(await sentBy(() => request(buyer, 'GET /cart', { token })), ['cart', 'cart', 'catalog'])
  assert.deepEqual(await sentBy(() => shop.module.api.linesOf(buyer.user_id, token)), ['cart'])
  assert.deepEqual(await sentBy(() => shop.module.api.linesOf(buyer.user_id)), ['cart'])
})

test('the orders of a batch leave their carts in one statement (CART-5, PERF-2)', async () => {
  const [variant_id = ''] = await shop.sellTea()
  const buyers = [customer(3), customer(4), customer(5)]
  for (const buyer of buyers) {
    await shop.added(buyer, { variant_id, quantity: 3 })
    await shop.publish(orderFromCart(buyer.user_id, variant_id))
  }
  const sent = await sentBy(() => shop.deliver({ together: true }))
  assert.equal(sent.filter((part) => part === 'cart').length, 1)
  for (const { user_id } of buyers)
    assert.deepEqual((await shop.module.api.linesOf(user_id)).lines, [{ variant_id, quantity: 2 }])
})

const orderFromCart = (user_id: string, variant_id: string) =>
  orderCreated({
    order_id: newId(),
    number: '2026-7K3M9Q',
    user_id,
    items: [{ product_id: newId(), sku: 'tea', title: 'Tea', price: 100, variant_id, quantity: 1 }],
    total_amount: 100,
    currency: 'RUB',
    payment_method: 'online',
    delivery_method: 'pickup',
    from_cart: true,
  })
