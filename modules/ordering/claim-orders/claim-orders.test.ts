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

test('claimed open orders count for the account (ORD-11, ORD-12)', async () => {
  for (let i = 0; i < 3; i++) await placeAsGuest('lena@example.org')
  await verify(boris, 'lena@example.org')
  const refused = expectProblem(await shop.send(boris, 'POST /orders', { body }), 409, 'too-many-open-orders')
  assert.deepEqual([refused['counted_by'], refused['open']], ['account', 3])
})
