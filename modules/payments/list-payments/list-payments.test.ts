import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { adminMachine, anna, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { Page } from '#platform/schema'
import { newId } from '#platform/values'
import { AdminPaymentView, PaymentView } from '../schema.ts'
import { openPaymentsTest, type PaymentsTest } from '../testing.ts'

let shop: PaymentsTest
before(async () => {
  shop = await openPaymentsTest()
})
after(() => shop.close())

const list = async (query = '') =>
  expectResponse(await shop.api.send(olga, `GET /admin/payments?${query}`), 200, Page(PaymentView))

test('staff list the payments of all buyers, newest first, page by page (PAY-1, PAY-5, rule 5)', async () => {
  const orders = [await shop.startedOrder(), await shop.startedOrder(), await shop.startedOrder()] as const
  await shop.press('decline', orders[1])
  await shop.press('approve', orders[2])
  const { items, total } = await list()
  assert.equal(total, 3)
  const idOf = (n: 0 | 1 | 2) => orders[n].event_id
  assert.deepEqual(new Set(items.map(({ id }) => id)), new Set([idOf(0), idOf(1), idOf(2)]))
  assert.deepEqual(
    items.map(({ created_at }) => created_at),
    items.map(({ created_at }) => created_at).toSorted((one, other) => (one < other ? 1 : -1)),
  )
  const first = await list('page_size=2')
  const second = await list(`page_size=2&cursor=${first.next_cursor}`)
  assert.deepEqual([...first.items, ...second.items], items)
  assert.equal(second.next_cursor, null)

  const idsOf = async (query: string) => (await list(query)).items.map(({ id }) => id)
  assert.deepEqual(await idsOf('status=failed'), [idOf(1)])
  assert.deepEqual(await idsOf('status=completed&provider=sandbox'), [idOf(2)])
  assert.deepEqual(await idsOf('method=cash_on_delivery'), [])
  assert.deepEqual(await idsOf(`order_id=${orders[0].id}`), [idOf(0)])
  assert.deepEqual(await idsOf(`user_id=${newId()}`), [])
  assert.equal((await idsOf(`user_id=${anna.user_id}`)).length, 3)
  assert.deepEqual(await idsOf('from=2199-01-01T00:00:00Z'), [])
  assert.deepEqual(await idsOf('until=1990-01-01T00:00:00Z'), [])
})

test('staff see the refunds of a payment, and who requested each (PAY-5)', async () => {
  const order = await shop.startedOrder()
  await shop.press('approve', order)
  const path = `/admin/payments/${order.event_id}` as const
  const body = { amount: 100, reason: 'one tin was empty' }
  expectResponse(await shop.api.send(olga, `POST ${path}/refund`, { body }), 201)
  const { status, refunds } = expectResponse(await shop.api.send(adminMachine, `GET ${path}`), 200, AdminPaymentView)
  assert.equal(status, 'partially_refunded')
  assert.deepEqual(
    refunds.map(({ amount, reason, requested_by, user_id }) => [amount, reason, requested_by, user_id]),
    [[100, body.reason, 'staff', olga.user_id]],
  )
  expectProblem(await shop.api.send(olga, `GET /admin/payments/${newId()}`), 404, 'not-found')
})

test('buyers and guests do not see the payments of others (SEC-3)', async () => {
  for (const path of ['/admin/payments', `/admin/payments/${newId()}`] as const) {
    expectProblem(await shop.api.send(anna, `GET ${path}`), 403, 'forbidden')
    expectProblem(await shop.api.send(guest, `GET ${path}`), 401, 'unauthorized')
  }
})
