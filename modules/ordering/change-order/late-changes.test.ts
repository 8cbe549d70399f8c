import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { paymentFailed, paymentRefunded, paymentStarted } from '#payments/events'
import { handleTimeouts } from '#platform/saga'
import { anna, assertNoViolations, expectProblem, expectResponse, guest, olga } from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { AdminOrderView, OrderEdited, OrderView } from '../schema.ts'
import { openOrderingTest, paymentOf, tea, teaItems, type OrderingTest } from '../testing.ts'

// An order changes while staff edit it, and payments answers about a sum that has changed since.

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
beforeEach(() => (shop.stubs.hold = undefined))
after(async () => {
  await assertNoViolations(shop.module)
  await shop.close()
})

const place = async () => (await shop.place(anna, { delivery_method: 'pickup', items: teaItems(2) })).id
const edit = (id: string, body: object) => shop.send(olga, `PATCH /admin/orders/${id}`, { body })
const edited = async (id: string, body: object) => expectResponse(await edit(id, body), 200, OrderEdited)
const shown = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/orders/${id}`), 200, AdminOrderView)
const sagaOf = async (id: string) =>
  await shop.db.selectFrom('platform.saga').select(['status', 'state']).where('key', '=', id).executeTakeFirstOrThrow()

/** Runs `work` after an edit has read its order, and before it locks it. */
const duringEdit = (work: () => Promise<unknown>, variant_id = tea.variant_id) => {
  shop.stubs.hold = async ({ items }) => {
    await work()
    const lines = items.map(({ quantity }) => ({ ...tea, variant_id, quantity }))
    return { kind: 'held', lines, total_amount: 50_000 * (items[0]?.quantity ?? 0), currency: 'RUB' }
  }
}

const waitMinutes = async (count: number) => {
  for (let minute = 0; minute < count; minute++) {
    shop.advance(minutes(1))
    await handleTimeouts({ db: shop.db, sagas: shop.module.sagas ?? [], now: shop.now, onError: assert.ifError })
  }
}

test('a link that its buyer ends during an edit stays ended (ORD-7, ORD-11)', async () => {
  const body = { delivery_method: 'pickup', items: teaItems(), contact: { email: 'vera@example.org' } }
  const { id, link_token } = expectResponse(await shop.send(guest, 'POST /orders', { body }), 201, OrderView)
  duringEdit(async () => {
    const { status } = await shop.send(guest, `DELETE /orders/by-link/${link_token}`)
    assert.ok(status < 300, `${status}`)
  })
  expectProblem(await edit(id, { items: teaItems(2) }), 409, 'order-changed')
  shop.stubs.hold = undefined
  expectProblem(await shop.send(guest, `GET /orders/by-link/${link_token}`), 404, 'not-found')
  await edited(id, { items: teaItems(2) })
  expectProblem(await shop.send(guest, `GET /orders/by-link/${link_token}`), 404, 'not-found')
})

test('a payment that starts during an edit with the same total stays with the order (ORD-7, ORD-6)', async () => {
  const id = await place()
  const payment = paymentOf(id, { amount: 100_000 })
  const other = newId()
  duringEdit(() => shop.deliver(paymentStarted(payment)), other)
  await edited(id, { items: [...teaItems(1), { variant_id: other, quantity: 1 }] })
  assert.equal((await shown(id)).payment.id, payment.payment_id)
})

test('the cancellation of an edited order ends by the answer about its former sum (ORD-3, ORD-7)', async () => {
  const id = await place()
  const payment = paymentOf(id, { amount: 100_000 })
  await shop.deliver(paymentStarted(payment))
  await edited(id, { items: teaItems(3) })
  expectResponse(await shop.send(anna, `POST /orders/${id}/cancel`), 200)
  const refund = { refund_id: newId(), refund_amount: 100_000, refunded_amount: 100_000, fully_refunded: true }
  await shop.deliver(paymentRefunded({ ...payment, status: 'refunded', ...refund }))
  assert.deepEqual(await sagaOf(id), { status: 'compensated', state: 'cancelled' })
})

test('an edited order whose new payment was never requested ends when its time to pay is over (ORD-5, ORD-7)', async () => {
  const id = await place()
  await shop.deliver(paymentStarted(paymentOf(id, { amount: 100_000 })))
  await edited(id, { items: teaItems(3) })
  await waitMinutes(31)
  const [request] = await shop.published(id, 'ordering.payment-cancellation-requested.v1')
  assert.deepEqual([request?.data['if_paid'], request?.data['revision']], ['keep', 2])
  await shop.deliver(paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' }))
  assert.deepEqual(await sagaOf(id), { status: 'compensated', state: 'cancelled' })
  assert.equal((await shown(id)).status, 'cancelled')
})

test('an operator ends an edited order whose cancellation an older version of payments answered (ORD-5, ORD-7)', async () => {
  const id = await place()
  const payment = paymentOf(id, { amount: 100_000 })
  const { payment_id, subject_type, subject_id } = payment
  await shop.deliver(paymentStarted(payment))
  await edited(id, { items: teaItems(3) })
  const failed = () =>
    paymentFailed({ payment_id, subject_type, subject_id, revision: 1, status: 'failed', reason: 'cancelled' })
  await waitMinutes(31)
  assert.equal((await sagaOf(id)).state, 'giving-up-payment')
  await shop.deliver(failed())
  await waitMinutes(11)
  assert.equal((await sagaOf(id)).status, 'needs_operator')
  expectResponse(await shop.send(olga, `POST /admin/orders/${id}/checkout`, { body: { step: 'compensate' } }), 200)
  await shop.deliver(failed())
  assert.deepEqual(await sagaOf(id), { status: 'compensated', state: 'cancelled' })
})
