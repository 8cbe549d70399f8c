import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { shipmentCreated, shipmentDelivered } from '#delivery/events'
import { userDeleted } from '#identity/events'
import { paymentCompleted, paymentRefunded, paymentRefundRefused, paymentStarted } from '#payments/events'
import {
  anna,
  assertNoViolations,
  boris,
  crowd,
  expectProblem,
  expectResponse,
  guest,
  olga,
  raceFor,
  statusesOf,
} from '#platform/testing'
import { Page } from '#platform/schema'
import { days, newId } from '#platform/values'
import { openOrderingTest, paymentOf, tea, teaItems, type OrderingTest } from '../testing.ts'
import { AdminReturnView, OrderReturns, ReturnView } from './schema.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => {
  await assertNoViolations(shop.module)
  await shop.close()
})

const { variant_id } = tea

/** Pays an order and hands it over. */
async function handOver(id: string, amount: number, revision = 1) {
  const charge = paymentOf(id, { amount, revision })
  const shipment = { shipment_id: newId(), order_id: id, method: 'pickup', tracking_number: null } as const
  assert.deepEqual(
    await shop.deliver(
      paymentStarted(charge),
      paymentCompleted({ ...charge, status: 'completed', transaction_id: 'b-1' }),
      shipmentCreated({ ...shipment, status: 'ready_for_pickup' }),
      shipmentDelivered({ shipment_id: shipment.shipment_id, order_id: id }),
    ),
    [],
  )
}

/** An order of tea that Anna has received. */
async function bought(quantity = 3): Promise<string> {
  const { id, total_amount } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems(quantity) })
  await handOver(id, total_amount)
  return id
}

type Request = Readonly<{ quantity?: number; caller?: typeof anna; headers?: Record<string, string> }>
const ask = (order_id: string, { quantity = 1, caller = anna, headers = {} }: Request = {}) =>
  shop.send(caller, `POST /orders/${order_id}/returns`, {
    headers,
    body: { items: [{ variant_id, quantity }], reason: 'It smells of smoke' },
  })
const asked = async (order_id: string, quantity = 1) =>
  expectResponse(await ask(order_id, { quantity }), 201, ReturnView).id
const act = (id: string, action: 'approve' | 'refuse' | 'receive' | 'refund', body: object = {}) =>
  shop.send(olga, `POST /admin/order-returns/${id}/${action}`, { body })
const acted = async (...[id, action, body]: Parameters<typeof act>) =>
  expectResponse(await act(id, action, body), action === 'refund' ? 202 : 200, AdminReturnView)
const counts = (sellable: number, damaged = 0, missing = 0) => ({
  items: [{ variant_id, sellable, damaged, missing }],
})
const received = async (order_id: string, quantity = 1) => {
  const id = await asked(order_id, quantity)
  await acted(id, 'approve')
  await acted(id, 'receive', counts(quantity))
  return id
}
const show = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/order-returns/${id}`), 200, AdminReturnView)
const own = async (order_id: string) =>
  expectResponse(await shop.send(anna, `GET /orders/${order_id}/returns`), 200, OrderReturns)

type RefundRequest = Readonly<{ refund_id: string; amount: number }>
const requestsOf = async (order_id: string) =>
  (await shop.published(order_id, 'ordering.refund-requested.v1')).map(({ data }) => data as RefundRequest)
type Refusal = 'provider-refused' | 'exceeds-captured'
/** Payments answers to the last refund of an order. */
async function settle(order_id: string, answer: 'refunded' | 'refused', reason: Refusal = 'provider-refused') {
  const { refund_id, amount } = (await requestsOf(order_id)).at(-1) ?? assert.fail('no refund was requested')
  const facts = { ...paymentOf(order_id, { amount: 150_000 }), refund_id, refund_amount: amount }
  const event =
    answer === 'refunded'
      ? paymentRefunded({ ...facts, status: 'partially_refunded', refunded_amount: amount, fully_refunded: false })
      : paymentRefundRefused({ ...facts, status: 'completed', reason })
  assert.deepEqual(await shop.deliver(event), [])
  return event
}
const payloadsOf = async (order_id: string, name: string) =>
  (await shop.published(order_id, `ordering.${name}.v1`)).map(({ data }) => data)

test('pieces that staff added at another price come back with the others (ORD-10, ORD-7)', async () => {
  const { id } = await shop.place(anna, { delivery_method: 'pickup', items: teaItems(2) })
  shop.stubs.hold = ({ items }) => {
    const lines = items.map(({ quantity }) => ({ ...tea, price: 60_000, quantity }))
    return { kind: 'held', lines, total_amount: 60_000, currency: 'RUB' }
  }
  expectResponse(await shop.send(olga, `PATCH /admin/orders/${id}`, { body: { items: teaItems(3) } }), 200)
  shop.stubs.hold = undefined
  await handOver(id, 160_000, 2)
  assert.deepEqual((await own(id)).returnable, [{ variant_id, quantity: 3 }])
  const one = await received(id)
  assert.equal((await show(one)).refundable_amount, 50_000)
  const rest = await asked(id, 2)
  await acted(rest, 'approve')
  for (let i = 0; i < 2; i++) await acted(rest, 'receive', counts(1, 1))
  assert.equal((await show(rest)).refundable_amount, 110_000)
  assert.deepEqual((await own(id)).returnable, [])
})

test('a buyer returns a part of an order: requested, approved, received, refunded, and on sale again (ORD-10)', async () => {
  const order_id = await bought()
  const before = await own(order_id)
  assert.deepEqual(before.returnable, [{ variant_id, quantity: 3 }])
  const id = await asked(order_id, 2)
  assert.deepEqual((await own(order_id)).returnable, [{ variant_id, quantity: 1 }])
  await acted(id, 'approve', { answer: 'Bring it to Tverskaya 1' })
  const counted = await acted(id, 'receive', { ...counts(1, 1), note: 'One box is torn' })
  assert.deepEqual([counted.status, counted.refundable_amount, counted.note], ['received', 100_000, 'One box is torn'])
  assert.deepEqual(await payloadsOf(order_id, 'goods-returned'), [
    { return_id: id, order_id, items: [{ variant_id, sellable: 1 }] },
  ])
  assert.deepEqual(await payloadsOf(order_id, 'return-received'), [
    { return_id: id, order_id, refundable_amount: 100_000, currency: 'RUB' },
  ])
  assert.equal((await acted(id, 'refund', { amount: 90_000 })).status, 'refunding')
  assert.deepEqual(
    (await payloadsOf(order_id, 'refund-requested')).map(({ return_id }) => return_id),
    [id],
  )
  await settle(order_id, 'refunded')
  const [shown] = (await own(order_id)).items
  assert.deepEqual([shown?.status, shown?.refund_amount], ['refunded', 90_000])
  assert.equal(shown !== undefined && 'note' in shown, false, 'the note is for staff')
  assert.deepEqual(await payloadsOf(order_id, 'return-refunded'), [
    { return_id: id, order_id, refund_amount: 90_000, currency: 'RUB', whole_order: false },
  ])
  const { timeline, status } = await shop.show(anna, order_id)
  assert.equal(status, 'fulfilled')
  assert.deepEqual(
    timeline.slice(-5).map(({ event }) => event),
    ['return-requested', 'return-approved', 'return-received', 'return-refunding', 'payment-partially-refunded'],
  )
})

test('the buyer gets an e-mail at each decision, in her language (ORD-10)', async () => {
  const order_id = await bought()
  shop.mails.length = 0
  const [first, second] = [await asked(order_id), await asked(order_id)]
  await acted(first, 'approve', { answer: 'Bring it to Tverskaya 1' })
  await acted(second, 'refuse', { answer: 'The box was opened' })
  await acted(first, 'receive', counts(1))
  await acted(first, 'refund')
  await settle(order_id, 'refunded')
  const { number } = await shop.show(anna, order_id)
  assert.deepEqual(
    shop.mails.map(({ to, subject }) => [to, subject]),
    [
      ['anna@example.com', `Return of order ${number} approved`],
      ['anna@example.com', `Return of order ${number} refused`],
      ['anna@example.com', `Refund for order ${number}`],
    ],
  )
  assert.match(shop.mails[0]?.text ?? '', /Bring it to Tverskaya 1[\s\S]*https:\/\/shop\.example\/orders\//)
  assert.match(shop.mails[1]?.text ?? '', /The box was opened/)
  assert.match(shop.mails[2]?.text ?? '', /500/)
})

test('the returns of an order come in pages, newest first, and end where the pages end (ORD-10, PERF-5)', async () => {
  const order_id = await bought(1)
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    const id = await asked(order_id)
    await acted(id, 'refuse', { answer: 'The box was opened' })
    ids.unshift(id)
  }
  const page = async (query: string) =>
    expectResponse(await shop.send(anna, `GET /orders/${order_id}/returns?${query}`), 200, OrderReturns)
  const first = await page('page_size=2')
  const second = await page(`page_size=2&cursor=${first.next_cursor}`)
  assert.deepEqual(
    [first, second].map(({ items }) => items.map(({ id }) => id)),
    [ids.slice(0, 2), ids.slice(2)],
  )
  assert.deepEqual([first.total, second.next_cursor], [3, null])
  assert.deepEqual(second.returnable, [{ variant_id, quantity: 1 }])
  expectProblem(await shop.send(anna, `GET /orders/${order_id}/returns?page_size=101`), 400, 'validation-failed')
})

test('a guest returns goods with the private link, and no other customer does (ORD-10, ORD-11)', async () => {
  const body = { delivery_method: 'pickup', items: teaItems(), contact: { email: 'guest@example.com' } }
  const { id, link_token, total_amount } = await shop.place(guest, body)
  await handOver(id, total_amount)
  const items = [{ variant_id, quantity: 1 }]
  const linked = `/orders/by-link/${link_token}/returns` as const
  const asking = { body: { items, reason: 'Не подошло' }, headers: { 'accept-language': 'ru' } }
  const view = expectResponse(await shop.send(guest, `POST ${linked}`, asking), 201, ReturnView)
  shop.mails.length = 0
  await acted(view.id, 'approve')
  assert.match(shop.mails[0]?.subject ?? '', /одобрен/)
  assert.match(shop.mails[0]?.text ?? '', new RegExp(`by-link/${link_token}`))
  assert.equal(expectResponse(await shop.send(guest, `GET ${linked}`), 200, OrderReturns).items.length, 1)
  const wrong = `/orders/by-link/${'A'.repeat(67)}/returns` as const
  expectProblem(await shop.send(guest, `POST ${wrong}`, { body: { items, reason: 'Mine' } }), 404, 'not-found')
  expectProblem(await shop.send(guest, `GET ${wrong}`), 404, 'not-found')
  expectProblem(await ask(id, { caller: boris }), 404, 'not-found')
  expectProblem(await shop.send(boris, `GET /orders/${id}/returns`), 404, 'not-found')
})

test('two requests for the same pieces: one has them, under a crowd too; a repeat is one return (ORD-10)', async () => {
  const order_id = await bought(5)
  const responses = await crowd(12, () => ask(order_id, { quantity: 2 }))
  assert.deepEqual(statusesOf(responses), [201, 201, ...Array<number>(10).fill(409)])
  const problem = expectProblem(await ask(order_id, { quantity: 2 }), 409, 'pieces-not-returnable')
  assert.deepEqual(problem['items'], [{ variant_id, quantity: 1 }])
  const headers = { 'idempotency-key': `return-${newId()}` }
  await crowd(6, () => ask(order_id, { headers }))
  expectResponse(await ask(order_id, { headers }), 201, ReturnView)
  assert.equal((await own(order_id)).items.length, 3)
})

test('the database itself refuses more pieces, and more money, than a line has (ORD-10)', async () => {
  const order_id = await bought(2)
  const set = (columns: string) =>
    sql`update ordering.lines set ${sql.raw(columns)} where order_id = ${order_id}`.execute(shop.db)
  await assert.rejects(set('returned_quantity = 3'), /returned_is_sold/)
  await assert.rejects(set('returned_amount = 100001'), /returned_is_paid/)
  const id = await received(order_id)
  const refunds = sql`update ordering.returns set refund_id = ${newId()}, refund_amount = 50001 where id = ${id}`
  await assert.rejects(refunds.execute(shop.db), /refund_is_paid/)
})

test('goods come back only from orders that were handed over, and only in time (ORD-10)', async () => {
  const open = await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })
  expectProblem(await ask(open.id), 409, 'order-not-fulfilled')
  const order_id = await bought()
  shop.advance(days(14) - 1)
  await asked(order_id)
  shop.advance(1)
  expectProblem(await ask(order_id), 409, 'return-window-over')
  assert.deepEqual((await own(order_id)).returnable, [])
})

test('a decision, a receipt and a refund happen once, also when two members of staff act at once (ORD-10)', async () => {
  const order_id = await bought()
  const id = await asked(order_id)
  const elsewhere = await shop.elsewhere()
  const twice = (action: 'approve' | 'receive' | 'refund', bodies: readonly [object, object]) =>
    raceFor(shop.db, {
      lock: sql`select from ordering.orders where id = ${order_id} for update`,
      waiting: 2,
      start: () =>
        Promise.all(
          bodies.map((body, i) =>
            (i === 0 ? shop : elsewhere).send(olga, `POST /admin/order-returns/${id}/${action}`, { body }),
          ),
        ),
    })
  assert.deepEqual(
    (await twice('approve', [{}, {}])).map(({ status }) => status),
    [200, 200],
  )
  const receipts = await twice('receive', [counts(1), counts(0, 1)])
  assert.deepEqual(receipts.map(({ status }) => String(status)).toSorted(), ['200', '409'])
  const refunds = await twice('refund', [{}, { amount: 10 }])
  assert.deepEqual(refunds.map(({ status }) => String(status)).toSorted(), ['202', '409'])
  await elsewhere.close()
  assert.equal((await payloadsOf(order_id, 'return-decided')).length, 1)
  assert.ok((await payloadsOf(order_id, 'goods-returned')).length <= 1)
  assert.equal((await requestsOf(order_id)).length, 1)
  const answered = await settle(order_id, 'refunded')
  assert.deepEqual(await shop.deliver(answered), [])
  assert.equal((await payloadsOf(order_id, 'return-refunded')).length, 1)
})

test('a step out of turn is refused, and says where the return is (ORD-10)', async () => {
  const order_id = await bought()
  const id = await asked(order_id)
  for (const [action, body] of [
    ['receive', counts(1)],
    ['refund', {}],
  ] as const)
    assert.equal(
      expectProblem(await act(id, action, body), 409, 'return-status-not-allowed')['return_status'],
      'requested',
    )
  await acted(id, 'approve')
  const differ = expectProblem(await act(id, 'receive', counts(2)), 409, 'counts-differ')
  assert.deepEqual(differ['items'], [{ variant_id, quantity: 1 }])
  await acted(id, 'receive', counts(1))
  await acted(id, 'receive', counts(1))
  expectProblem(await act(id, 'receive', counts(0, 1)), 409, 'already-received')
  expectProblem(await act(id, 'refuse', { answer: 'Too late' }), 409, 'return-status-not-allowed')
  const tooMuch = expectProblem(await act(id, 'refund', { amount: 50_001 }), 409, 'exceeds-refundable')
  assert.equal(tooMuch['refundable_amount'], 50_000)
  expectProblem(await act(newId(), 'approve'), 404, 'not-found')
  expectProblem(await shop.send(anna, `POST /admin/order-returns/${id}/approve`, { body: {} }), 403, 'forbidden')
})

test('pieces of a refused return, and those missing in the parcel, may come back in another (ORD-10)', async () => {
  const order_id = await bought(2)
  const refused = await asked(order_id, 2)
  await acted(refused, 'approve')
  await acted(refused, 'refuse', { answer: 'The goods never came' })
  const id = await asked(order_id, 2)
  await acted(id, 'approve')
  assert.equal((await acted(id, 'receive', counts(1, 0, 1))).refundable_amount, 50_000)
  assert.deepEqual((await own(order_id)).returnable, [{ variant_id, quantity: 1 }])
  assert.equal((await show(await received(order_id))).refundable_amount, 50_000)
})

test('pieces that were missing in a return may come back after the time to return, each once (ORD-10)', async () => {
  const order_id = await bought(3)
  const id = await asked(order_id, 2)
  shop.advance(days(30))
  await acted(id, 'approve')
  await acted(id, 'receive', counts(1, 0, 1))
  assert.deepEqual((await own(order_id)).returnable, [{ variant_id, quantity: 1 }])
  const tooMany = expectProblem(await ask(order_id, { quantity: 2 }), 409, 'return-window-over')
  assert.deepEqual(tooMany['items'], [{ variant_id, quantity: 1 }])
  const responses = await crowd(4, () => ask(order_id))
  assert.deepEqual(statusesOf(responses), [201, 409, 409, 409])
  const [late] = (await own(order_id)).items
  assert.deepEqual((await own(order_id)).returnable, [])
  await acted(late?.id ?? '', 'approve')
  await acted(late?.id ?? '', 'receive', counts(0, 0, 1))
  const again = await received(order_id)
  assert.equal((await show(again)).refundable_amount, 50_000)
  assert.deepEqual((await own(order_id)).returnable, [])
  expectProblem(await ask(order_id), 409, 'return-window-over')
})

test('after payments refused a refund staff refund again; an answer to the first changes nothing (ORD-10, PAY-5)', async () => {
  const order_id = await bought()
  const id = await received(order_id)
  await acted(id, 'refund')
  const refusal = await settle(order_id, 'refused')
  const { status, refund_amount, refund_refused_at } = await show(id)
  assert.deepEqual([status, refund_amount, refund_refused_at !== null], ['received', null, true])
  await acted(id, 'refund', { amount: 40_000 })
  assert.deepEqual(await shop.deliver(refusal), [])
  assert.equal((await show(id)).status, 'refunding')
  await settle(order_id, 'refunded')
  assert.deepEqual([(await show(id)).status, (await show(id)).refund_amount], ['refunded', 40_000])
})

test('a refused refund says whether the bank was asked, to staff and to the buyer (ORD-10, PAY-5)', async () => {
  for (const [reason, event] of [
    ['provider-refused', 'payment-refund-refused'],
    ['exceeds-captured', 'payment-refund-exceeds-captured'],
  ] as const) {
    const order_id = await bought()
    const id = await received(order_id)
    await acted(id, 'refund')
    await settle(order_id, 'refused', reason)
    assert.equal((await show(id)).refund_refused_reason, reason)
    assert.equal((await shop.show(anna, order_id)).timeline.at(-1)?.event, event)
    await acted(id, 'refund')
    assert.equal((await show(id)).refund_refused_reason, null)
  }
})

test('a repeat under one Idempotency-Key says what has become of the refund, and refunds nothing more (ORD-10, PAY-5)', async () => {
  const order_id = await bought()
  const id = await received(order_id)
  const refund = (key: string) => {
    const headers = { 'idempotency-key': `refund-of-${id}-${key}` }
    return shop.send(olga, `POST /admin/order-returns/${id}/refund`, { headers })
  }
  const statusOf = async (key: string) => expectResponse(await refund(key), 202, AdminReturnView).status
  assert.deepEqual([await statusOf('first'), await statusOf('first')], ['refunding', 'refunding'])
  await settle(order_id, 'refused')
  for (let times = 0; times < 2; times++) expectProblem(await refund('first'), 409, 'refund-refused')
  assert.equal((await requestsOf(order_id)).length, 2)
  assert.equal(await statusOf('second'), 'refunding')
  expectProblem(await refund('first'), 409, 'refund-refused')
  await settle(order_id, 'refunded')
  assert.equal(await statusOf('second'), 'refunded')
  assert.equal((await requestsOf(order_id)).length, 3)
})

test('a refund whose request was lost is requested again by a repeat, under the same id, and paid once (ORD-10, REL-5)', async () => {
  const order_id = await bought()
  const id = await received(order_id)
  await acted(id, 'refund')
  const responses = await crowd(4, () => act(id, 'refund'))
  assert.deepEqual(statusesOf(responses), [202, 202, 202, 202])
  expectProblem(await act(id, 'refund', { amount: 10 }), 409, 'return-status-not-allowed')
  const requests = await requestsOf(order_id)
  const [first] = requests
  assert.deepEqual(
    requests,
    Array.from({ length: 5 }, () => first),
  )
  await settle(order_id, 'refunded')
  await acted(id, 'refund')
  assert.deepEqual([(await requestsOf(order_id)).length, (await show(id)).refund_amount], [5, 50_000])
})

test('a bank that made a refund after its refusal ends the return, and staff cannot refund it again (ORD-10, PAY-5)', async () => {
  const order_id = await bought()
  const id = await received(order_id)
  await acted(id, 'refund')
  await settle(order_id, 'refused')
  await settle(order_id, 'refunded')
  const { status, refund_amount } = await show(id)
  assert.deepEqual([status, refund_amount], ['refunded', 50_000])
  await acted(id, 'refund')
  assert.equal((await requestsOf(order_id)).length, 1)
})

test('a return for which nothing is due ends without payments; the last goods of an order end the whole (ORD-10)', async () => {
  const order_id = await bought(2)
  const [free, paid] = [await received(order_id), await received(order_id)]
  assert.equal((await acted(free, 'refund', { amount: 0 })).status, 'refunded')
  assert.deepEqual(await requestsOf(order_id), [])
  await acted(paid, 'refund')
  await settle(order_id, 'refunded')
  const wholes = async (of: string) => (await payloadsOf(of, 'return-refunded')).map((data) => data['whole_order'])
  assert.deepEqual(await wholes(order_id), [false, false])

  const whole = await bought(2)
  for (const id of [await received(whole), await received(whole)]) {
    await acted(id, 'refund')
    await settle(whole, 'refunded')
  }
  assert.deepEqual(await wholes(whole), [false, true])
})

test('the buyer learns that a return ended without a refund, in her language (ORD-10)', async () => {
  for (const [language, subject, text] of [
    ['en', /^Return of order .* finished$/, /There is nothing more to refund/],
    ['ru', /^Возврат по заказу .* завершён$/, /Денег к возврату по нему больше нет/],
  ] as const) {
    const order_id = await bought()
    const asking = await ask(order_id, { headers: { 'accept-language': language } })
    const { id } = expectResponse(asking, 201, ReturnView)
    await acted(id, 'approve')
    await acted(id, 'receive', counts(0, 0, 1))
    shop.mails.length = 0
    await Promise.all([acted(id, 'refund'), acted(id, 'refund')])
    assert.equal(shop.mails.length, 1)
    assert.match(shop.mails[0]?.subject ?? '', subject)
    assert.match(shop.mails[0]?.text ?? '', text)
    const { timeline } = await shop.show(anna, order_id)
    assert.deepEqual(timeline.map(({ event }) => event).slice(-2), ['return-received', 'return-ended'])
  }
})

test('staff list returns by their status, newest first, page by page (ORD-10)', async () => {
  const order_id = await bought(3)
  const ids = [await asked(order_id), await asked(order_id), await asked(order_id)]
  await acted(ids[1] ?? '', 'approve')
  const list = async (query: string) =>
    expectResponse(
      await shop.send(olga, `GET /admin/order-returns?order_id=${order_id}${query}`),
      200,
      Page(AdminReturnView),
    )
  const idsOf = async (query: string) => (await list(query)).items.map(({ id }) => id)
  assert.deepEqual((await idsOf('')).toSorted(), ids.toSorted())
  assert.deepEqual(await idsOf('&status=approved'), [ids[1]])
  const first = await list('&page_size=2')
  const second = await list(`&page_size=2&cursor=${first.next_cursor}`)
  assert.deepEqual(
    [...first.items, ...second.items].map(({ id }) => id),
    await idsOf(''),
  )
})

test('the words of an ended return go with the account of its buyer (ORD-10, ID-18)', async () => {
  const body = { delivery_method: 'pickup', items: teaItems() }
  const { id: order_id, total_amount } = await shop.place(boris, body)
  await handOver(order_id, total_amount)
  const { id } = expectResponse(await ask(order_id, { caller: boris }), 201, ReturnView)
  const exported = JSON.stringify(await shop.module.api.exportOrders(boris.user_id))
  assert.match(exported, /It smells of smoke/)
  await acted(id, 'refuse', { answer: 'No' })
  await shop.deliver(userDeleted({ user_id: boris.user_id }))
  assert.equal((await show(id)).reason, null)
})
