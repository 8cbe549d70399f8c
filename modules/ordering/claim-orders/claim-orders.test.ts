import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { emailVerified } from '#identity/events'
import { anna, boris, expectProblem, expectResponse, guest } from '#platform/testing'
import { OrderView } from '../schema.ts'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ limits: { maxOpenOrders: 3, maxHeldPerVariant: 0 } })
})
after(() => shop.close())

const body = { delivery_method: 'pickup', items: teaItems() }
const placeAsGuest = async (email: string) =>
  expectResponse(await shop.send(guest, 'POST /orders', { body: { ...body, contact: { email } } }), 201, OrderView)
const verify = async ({ user_id }: typeof anna, email: string) =>
  assert.deepEqual(await shop.deliver(emailVerified({ user_id, email })), [])

test('an account that verifies a mailbox gets the orders that a guest placed with it, once (ORD-11)', async () => {
  const order = await placeAsGuest('Vera@example.org')
  const other = await placeAsGuest('nina@example.org')
  await verify(anna, 'vera@example.org')
  await verify(anna, 'vera@example.org')
  assert.equal((await shop.show(anna, order.id)).id, order.id)
  expectProblem(await shop.send(anna, `GET /orders/${other.id}`), 404, 'not-found')
  const [claimed, ...more] = await shop.published(order.id, 'ordering.order-owner-changed.v1')
  assert.deepEqual([claimed?.data['user_id'], more.length], [anna.user_id, 0])
})

test('a later account with the same mailbox gets nothing, and the private link still opens the order (ORD-11, A4)', async () => {
  const order = await placeAsGuest('zoya@example.org')
  await verify(anna, 'zoya@example.org')
  await verify(boris, 'zoya@example.org')
  expectProblem(await shop.send(boris, `GET /orders/${order.id}`), 404, 'not-found')
  expectResponse(await shop.send(guest, `GET /orders/by-link/${order.link_token}`), 200, OrderView)
})

test('open orders that others placed with a mailbox do not keep the account that verifies it from ordering (ORD-11, ORD-12, SEC-1)', async () => {
  for (const payment_method of ['online', 'cash_on_delivery']) {
    const order = { ...body, payment_method, contact: { email: 'lena@example.org' } }
    for (let i = 0; i < 3; i++) expectResponse(await shop.send(guest, 'POST /orders', { body: order }), 201)
  }
  const lena = { ...boris, email: 'lena@example.org', is_verified: true }
  await verify(lena, lena.email)
  for (let i = 0; i < 3; i++) expectResponse(await shop.send(lena, 'POST /orders', { body }), 201)
  const refused = expectProblem(await shop.send(lena, 'POST /orders', { body }), 409, 'too-many-open-orders')
  assert.deepEqual([refused['counted_by'], refused['open']], ['account', 3], 'her own orders count')
  const again = { ...body, contact: { email: lena.email } }
  expectProblem(await shop.send(guest, 'POST /orders', { body: again }), 409, 'too-many-open-orders')
})
