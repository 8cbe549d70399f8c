import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { paymentCompleted, paymentStarted } from '#payments/events'
import {
  anna,
  assertNoViolations,
  crowd,
  expectProblem,
  expectResponse,
  guest,
  olga,
  raceFor,
  statusesOf,
} from '#platform/testing'
import { newId } from '#platform/values'
import { AdminOrderView, OrderEdited, OrderView } from '../schema.ts'
import { openOrderingTest, paymentOf, tea, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
beforeEach(() => {
  shop.stubs.hold = undefined
  delete shop.stubs.feeOf
})
after(async () => {
  await assertNoViolations(shop.module)
  await shop.close()
})

const courierTerms = { delivery_method: 'courier', delivery_address: 'Коломна, Посадская 12' }
const place = async (terms: object = {}) =>
  (await shop.place(anna, { delivery_method: 'pickup', items: teaItems(2), ...terms })).id
const edit = (id: string, body: object, send = shop.send, key?: string) =>
  send(olga, `PATCH /admin/orders/${id}`, { body, ...(key && { headers: { 'idempotency-key': key } }) })
const edited = async (id: string, body: object) => expectResponse(await edit(id, body), 200, OrderEdited)
const shown = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/orders/${id}`), 200, AdminOrderView)

const started = (payment: ReturnType<typeof paymentOf>) => paymentStarted(payment)
const completed = (payment: ReturnType<typeof paymentOf>) =>
  paymentCompleted({ ...payment, status: 'completed', transaction_id: 'b-1' })
const requestsOf = async (id: string) =>
  (await shop.published(id, 'ordering.payment-requested.v1')).map(({ data }) => {
    const { amount, revision } = data as { amount: number; revision: number }
    return [amount, revision]
  })

test('staff change the goods of an unpaid order: the total, the hold and the payment follow (ORD-7)', async () => {
  const id = await place()
  const result = await edited(id, { items: teaItems(3), expected_total: 150_000 })
  assert.deepEqual([result.revision, result.total_amount], [2, 150_000])
  const order = await shown(id)
  assert.deepEqual([order.revision, order.items.map(({ quantity, price }) => [quantity, price])], [2, [[3, tea.price]]])
  assert.deepEqual(
    order.timeline.map(({ event }) => event),
    ['order-created', 'order-edited'],
  )
  assert.deepEqual(await requestsOf(id), [
    [100_000, 1],
    [150_000, 2],
  ])
  const [event] = await shop.published(id, 'ordering.order-edited.v1')
  const data = event?.data as { added_hold_id: string | null; items: { quantity: number }[] }
  assert.ok(data.added_hold_id)
  assert.deepEqual(
    data.items.map(({ quantity }) => quantity),
    [3],
  )
  await edited(id, { items: teaItems(1) })
  assert.deepEqual((await requestsOf(id)).at(-1), [50_000, 3])
})

test('pieces that the order has keep their price, and added ones have the price of today (ORD-7)', async () => {
  const id = await place()
  shop.stubs.hold = ({ items }) => {
    const lines = items.map(({ quantity }) => ({ ...tea, price: 60_000, quantity }))
    return { kind: 'held', lines, total_amount: 60_000, currency: 'RUB' }
  }
  assert.equal((await edited(id, { items: teaItems(3) })).total_amount, 160_000)
  const lines = (await shown(id)).items.map(({ quantity, price }) => [quantity, price])
  assert.deepEqual(lines, [
    [2, 50_000],
    [1, 60_000],
  ])
})

test('another address has another fee, and other words about the recipient leave the payment alone (ORD-7)', async () => {
  shop.stubs.feeOf = ({ delivery_address }) => ({ kind: 'quoted', fee: delivery_address === 'Far away' ? 40_000 : 0 })
  const id = await place(courierTerms)
  await edited(id, { recipient_name: 'Vera', recipient_phone: '+7 912 345-67-89', comment: 'Ring twice' })
  assert.equal((await requestsOf(id)).length, 1)
  const { total_amount } = await edited(id, { delivery_address: 'Far away' })
  assert.equal(total_amount, 140_000)
  assert.deepEqual(await requestsOf(id), [
    [100_000, 1],
    [140_000, 2],
  ])
  const order = await shown(id)
  assert.deepEqual(
    [order.recipient_name, order.comment, order.delivery_address, order.revision],
    ['Vera', 'Ring twice', 'Far away', 3],
  )
})

test('the buyer gets an e-mail, and a corrected e-mail of a guest gets a new link (ORD-7, ORD-11)', async () => {
  const account = await place()
  shop.mails.length = 0
  await edited(account, { items: teaItems(1) })
  assert.deepEqual(
    shop.mails.map(({ to }) => to),
    ['anna@example.com'],
  )
  const placed = expectResponse(
    await shop.send(guest, 'POST /orders', {
      body: { delivery_method: 'pickup', items: teaItems(), contact: { email: 'vrea@example.org' } },
    }),
    201,
    OrderView,
  )
  shop.mails.length = 0
  await edited(placed.id, { contact: { email: 'vera@example.org' } })
  const [mail, ...others] = shop.mails
  assert.deepEqual([mail?.to, others], ['vera@example.org', []])
  const token = /by-link\/([\w-]+)/.exec(mail?.text ?? '')?.[1]
  expectResponse(await shop.send(guest, `GET /orders/by-link/${token}`), 200, OrderView)
  expectProblem(await shop.send(guest, `GET /orders/by-link/${placed.link_token}`), 404, 'not-found')
  expectProblem(await edit(account, { contact: { email: 'vera@example.org' } }), 400, 'contact-of-account')
})

test('an edit is refused after the payment, for cash, and when another one was first; it then holds nothing (ORD-7)', async () => {
  const id = await place()
  await edited(id, { comment: 'Ring twice' })
  expectProblem(await edit(id, { items: teaItems(3), revision: 1 }), 409, 'order-changed')
  const total = expectProblem(await edit(id, { items: teaItems(3), expected_total: 1 }), 409, 'price-changed')
  assert.equal(total['total_amount'], 150_000)
  assert.equal(shop.expired.length, 1)
  expectProblem(await edit(id, { delivery_address: 'Far away' }), 400, 'address-not-used')
  shop.stubs.hold = () => ({ kind: 'refused', reason: 'out-of-stock', variant_ids: [tea.variant_id] })
  expectProblem(await edit(id, { items: teaItems(9) }), 409, 'out-of-stock')
  shop.stubs.hold = undefined
  expectProblem(await edit(newId(), { comment: 'x' }), 404, 'not-found')

  const payment = paymentOf(id, { amount: 100_000 })
  await shop.deliver(started(payment), completed(payment))
  expectProblem(await edit(id, { items: teaItems(1) }), 409, 'order-not-editable')
  const cash = await place({ payment_method: 'cash_on_delivery' })
  expectProblem(await edit(cash, { items: teaItems(1) }), 409, 'order-not-editable')
})

test('a repeated edit changes nothing, with and without its key (ORD-7)', async () => {
  const id = await place()
  const key = newId()
  const answers = []
  for (let attempt = 1; attempt <= 2; attempt++)
    answers.push(expectResponse(await edit(id, { items: teaItems(3) }, shop.send, key), 200, OrderEdited))
  answers.push(await edited(id, { items: teaItems(3) }))
  assert.deepEqual(
    answers.map(({ revision }) => revision),
    [2, 2, 2],
  )
  assert.equal((await requestsOf(id)).length, 2)
})

test('a payment of the old total does not pay an edited order (ORD-7, PAY-3)', async () => {
  const id = await place()
  const old = paymentOf(id, { amount: 100_000 })
  await shop.deliver(started(old))
  await edited(id, { items: teaItems(3) })
  await edited(id, { items: teaItems(2) })
  await shop.deliver(completed(old))
  const waiting = await shown(id)
  assert.deepEqual([waiting.status, waiting.payment.status], ['processing', null])
  const payment = paymentOf(id, { amount: 100_000, revision: 3 })
  await shop.deliver(started(payment), completed(payment))
  const paid = await shown(id)
  assert.deepEqual([paid.status, paid.payment.id], ['paid', payment.payment_id])
})

test('of two edits at once one is refused, and gives back what it held (ORD-7, REL-5)', async () => {
  const other = await shop.elsewhere()
  const id = await place()
  const before = shop.expired.length
  const answers = await raceFor(shop.db, {
    lock: sql`select from platform.saga where type = 'ordering.checkout' and key = ${id} for update`,
    waiting: 2,
    start: () => crowd(2, (i) => edit(id, { items: teaItems(3 + i) }, i === 0 ? shop.send : other.send)),
  })
  assert.deepEqual(statusesOf(answers), [200, 409])
  assert.equal(shop.expired.length, before + 1)
  assert.equal((await requestsOf(id)).length, 2)
  await other.close()
})

test('an edit and a payment at once: the order is paid as it was, or waits for its new total (ORD-7, REL-5)', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => place()))
  const payments = ids.map((id) => paymentOf(id, { amount: 100_000 }))
  await shop.deliver(...payments.map(started))
  const answers = crowd(10, (i) => edit(ids[i] ?? '', { items: teaItems(3) }))
  await shop.deliver(...payments.map(completed))
  for (const [i, answer] of (await answers).entries()) {
    const order = await shown(ids[i] ?? '')
    const status = answer.status === 'fulfilled' ? answer.value.status : assert.fail(String(answer.reason))
    const isEdited = status === 200
    assert.ok(isEdited || status === 409)
    assert.deepEqual([order.status, order.total_amount], isEdited ? ['processing', 150_000] : ['paid', 100_000])
  }
})

test('an edit and a cancellation at once: the order is cancelled, with its old or its new goods (ORD-7, REL-5)', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await place()
    const [change, cancellation] = await raceFor(shop.db, {
      lock: sql`select from platform.saga where type = 'ordering.checkout' and key = ${id} for update`,
      waiting: 2,
      start: () => Promise.all([edit(id, { items: teaItems(3) }), shop.send(anna, `POST /orders/${id}/cancel`)]),
    })
    expectResponse(cancellation, 200)
    const order = await shown(id)
    assert.ok(order.cancelling)
    if (change.status === 200) assert.equal(order.total_amount, 150_000)
    else {
      expectProblem(change, 409, 'order-not-editable')
      assert.equal(order.total_amount, 100_000)
    }
    expectProblem(await edit(id, { items: teaItems(1) }), 409, 'order-not-editable')
  }
})
