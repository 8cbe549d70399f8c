import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { anna, crowd, expectProblem, expectResponse } from '#platform/testing'
import { newId } from '#platform/values'
import { OrderView } from '../schema.ts'
import { openOrderingTest, tea, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())
/** Each test has a cart of its own, which keeps its lines: the event of an order empties it later. */
beforeEach(() => {
  shop.stubs.cart = teaItems(2)
  shop.stubs.cartVersion = newId()
  shop.stubs.hold = undefined
  shop.expired.length = 0
})

const body = { delivery_method: 'pickup' }
const click = async (terms: object = {}) => await shop.send(anna, 'POST /orders', { body: { ...body, ...terms } })
const ordersOfAnna = async () =>
  (await shop.db.selectFrom('ordering.orders').select('id').where('user_id', '=', anna.user_id).execute()).length
const held = { kind: 'held', lines: [{ ...tea, quantity: 2 }], total_amount: 2 * tea.price, currency: 'RUB' } as const

test('ten clicks on one cart at once place one order, and the other clicks give their goods back (ORD-1, CART-5)', async () => {
  const before = await ordersOfAnna()
  const all = Promise.withResolvers<void>()
  const ids: string[] = []
  shop.stubs.hold = async ({ order_id }) => {
    if (ids.push(order_id) === 10) all.resolve()
    await all.promise
    return held
  }
  const clicks = await crowd(10, () => click())
  const orders = clicks.map((each) =>
    each.status === 'fulfilled' ? expectResponse(each.value, 201, OrderView) : assert.fail(String(each.reason)),
  )
  const [{ id } = assert.fail()] = orders
  assert.deepEqual(new Set(orders.map((order) => order.id)), new Set([id]))
  assert.equal(await ordersOfAnna(), before + 1)
  assert.deepEqual(new Set(shop.expired), new Set(ids).difference(new Set([id])))
})

test('a second click that finds the last pieces held by the first gets the order of the first (ORD-1, CART-5)', async () => {
  const first = expectResponse(await click(), 201, OrderView)
  shop.stubs.hold = () => ({ kind: 'refused', reason: 'out-of-stock', variant_ids: [tea.variant_id] })
  assert.equal(expectResponse(await click(), 201, OrderView).number, first.number)
})

test('a click on a cart that an order has emptied is refused, and a repeat under the same id or key is not (ORD-1, CART-5)', async () => {
  const id = newId()
  const headers = { 'idempotency-key': newId() }
  const withKey = async () => await shop.send(anna, 'POST /orders', { body, headers })
  const first = expectResponse(await withKey(), 201, OrderView)
  shop.stubs.cart = []
  expectProblem(await click(), 409, 'cart-empty')
  assert.equal(expectResponse(await withKey(), 201, OrderView).id, first.id)
  shop.stubs.cart = teaItems(2)
  shop.stubs.cartVersion = newId()
  expectResponse(await click({ id }), 201, OrderView)
  shop.stubs.cart = []
  assert.equal(expectResponse(await click({ id }), 201, OrderView).id, id)
})

test('a second order of the same cart on other terms, or under another id, finds an empty cart (ORD-1, CART-5)', async () => {
  expectResponse(await click(), 201, OrderView)
  expectProblem(await click({ payment_method: 'cash_on_delivery' }), 409, 'cart-empty')
  expectProblem(await click({ id: newId() }), 409, 'cart-empty')
  assert.equal(shop.expired.length, 2)
})

test('a cart that was changed since is ordered again, and so are the same items without a cart (ORD-1, CART-5)', async () => {
  const first = expectResponse(await click(), 201, OrderView)
  shop.stubs.cartVersion = newId()
  const second = expectResponse(await click(), 201, OrderView)
  const items = teaItems(2)
  const others = [await click({ items }), await click({ items })].map((each) => expectResponse(each, 201, OrderView))
  assert.equal(new Set([first, second, ...others].map(({ id }) => id)).size, 4)
})
