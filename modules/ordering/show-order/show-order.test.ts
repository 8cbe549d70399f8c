import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { paymentCompleted, paymentStarted } from '#payments/events'
import { anna, boris, expectProblem, expectResponse, olga, statementsOf } from '#platform/testing'
import { after as later, minutes, newId } from '#platform/values'
import { Page } from '#platform/schema'
import { openOrderingTest, teaItems, type OrderingTest } from '../testing.ts'
import { AdminOrderView, OrderSummary } from '../schema.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest({ paymentTimeout: minutes(45) })
})
after(() => shop.close())

const place = async (quantity = 2, caller = anna) =>
  (await shop.place(caller, { delivery_method: 'pickup', items: [...teaItems(quantity), ...teaItems(1)] })).id
/** The statements about orders. */
const countOf = async (work: () => Promise<void>) =>
  (await statementsOf(work)).filter(({ text }) => text.includes('ordering')).length

test('an order is read with its lines and its timeline in one statement, and its notes for staff in another (ORD-3, ORD-7, PERF-2)', async () => {
  const id = await place()
  const payment = { payment_id: newId(), subject_type: 'order', subject_id: id, user_id: anna.user_id } as const
  const facts = { amount: 150_000, currency: 'RUB', provider: 'sandbox', status: 'pending' } as const
  assert.deepEqual(await shop.deliver(paymentStarted({ ...payment, ...facts })), [])
  const own = await countOf(async () => {
    const { items, timeline, created_at } = await shop.show(anna, id)
    assert.deepEqual(
      items.map(({ sku, quantity, price, total }) => [sku, quantity, price, total]),
      [
        ['TGY-100', 2, 50_000, 100_000],
        ['TGY-100', 1, 50_000, 50_000],
      ],
    )
    assert.deepEqual(
      timeline.map(({ event, status }) => [event, status]),
      [
        ['order-created', 'created'],
        ['payment-started', 'created'],
        ['order-processing', 'processing'],
      ],
    )
    assert.equal(timeline[0]?.at, created_at)
  })
  const byStaff = await countOf(async () => {
    const shown = await shop.send(olga, `GET /admin/orders/${id}`)
    const { buyer, notes, revision, ...view } = expectResponse(shown, 200, AdminOrderView)
    assert.deepEqual([buyer.name, notes, revision], ['Anna', [], 1])
    const { link_token, ...own } = await shop.show(anna, id)
    assert.deepEqual([view, link_token], [own, null])
  })
  // Staff read the notes with a second statement, and Anna's own read is the third.
  assert.deepEqual([own, byStaff], [1, 3])
})

test('an order that waits for its payment shows until when, in the view and in the list (ORD-3, ORD-5)', async () => {
  const caller = { ...anna, user_id: newId() }
  const id = await place(1, caller)
  const shown = async () => {
    const list = expectResponse(await shop.send(caller, 'GET /orders'), 200, Page(OrderSummary))
    const { pay_until } = await shop.show(caller, id)
    assert.deepEqual(
      list.items.map((order) => order.pay_until),
      [pay_until],
    )
    return pay_until
  }
  assert.equal(await shown(), null, 'the payment has not started')
  const payment = { payment_id: newId(), subject_type: 'order', subject_id: id, user_id: caller.user_id } as const
  const facts = { amount: 100_000, currency: 'RUB', provider: 'sandbox' } as const
  await shop.deliver(paymentStarted({ ...payment, ...facts, status: 'pending' }))
  assert.equal(await shown(), later(shop.now(), minutes(45)).toISOString())
  await shop.deliver(paymentCompleted({ ...payment, ...facts, status: 'completed', transaction_id: 'b-1' }))
  assert.equal(await shown(), null, 'the order is paid')
})

test('buyers who look at the same moment share statements, and each sees their own order (ORD-3, SEC-3, PERF-2)', async () => {
  const ids = [await place(1), await place(2), await place(3)]
  const statements = await countOf(async () => {
    const [shown, other] = await Promise.all([
      Promise.all(ids.map((id) => shop.show(anna, id.toUpperCase()))),
      shop.send(boris, `GET /orders/${ids[0]}`),
    ])
    expectProblem(other, 404, 'not-found')
    assert.deepEqual(
      shown.map(({ id, items }) => [id, items[0]?.quantity]),
      ids.map((id, i) => [id, i + 1]),
    )
  })
  assert.ok(statements <= 2, `${statements} statements`)
})

test('an order of another buyer and an unknown order are not found (ORD-3, SEC-3)', async () => {
  const id = await place()
  expectProblem(await shop.send(boris, `GET /orders/${id}`), 404, 'not-found')
  expectProblem(await shop.send(anna, `GET /orders/${newId()}`), 404, 'not-found')
})

test('a page of orders takes one statement for the orders with their lines and one for their number (ORD-3, PERF-5)', async () => {
  const [oldest] = [await place(1, boris), await place(2, boris), await place(3, boris)]
  const statements = await countOf(async () => {
    const response = await shop.send(boris, 'GET /orders?page=2&page_size=2')
    const { total, items } = expectResponse(response, 200, Page(OrderSummary))
    assert.deepEqual([total, items.map(({ id }) => id)], [3, [oldest]])
    assert.deepEqual(
      items[0]?.items.map(({ quantity }) => quantity),
      [1, 1],
    )
  })
  assert.equal(statements, 2)
})
