import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { shipmentCancelled, shipmentCreated, shipmentDelivered, shipmentStatusChanged } from '#delivery/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentStarted } from '#payments/events'
import { handleTimeouts } from '#platform/saga'
import {
  anna,
  assertNoViolations,
  crowd,
  expectProblem,
  expectResponse,
  olga,
  raceFor,
  statusesOf,
} from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { AdminOrderView, OperatorStepTaken, type OperatorStep } from '../schema.ts'
import { openOrderingTest, paymentOf, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => {
  await assertNoViolations(shop.module)
  await shop.close()
})

const operate = (id: string, body: Readonly<{ step: string; reason?: string }>, send = shop.send, key?: string) =>
  send(olga, `POST /admin/orders/${id}/checkout`, { body, ...(key && { headers: { 'idempotency-key': key } }) })
const taken = async (id: string, step: OperatorStep) =>
  expectResponse(await operate(id, { step, reason: 'The carrier was down' }), 200, OperatorStepTaken)
const refusedWith = async (id: string, step: OperatorStep) =>
  expectProblem(await operate(id, { step }), 409, 'operator-step-not-allowed')['allowed']

const place = async (payment_method = 'online') =>
  (await shop.place(anna, { delivery_method: 'pickup', payment_method, items: teaItems() })).id
const started = (id: string) => paymentStarted(paymentOf(id))
const paid = (id: string) => [
  started(id),
  paymentCompleted({ ...paymentOf(id), status: 'completed', transaction_id: 'b-1' }),
]
const refunded = (id: string) => {
  const refund = { refund_id: newId(), refund_amount: 50_000, refunded_amount: 50_000, fully_refunded: true }
  return paymentRefunded({ ...paymentOf(id), status: 'refunded', ...refund })
}
const created = (id: string) =>
  shipmentCreated({
    shipment_id: newId(),
    order_id: id,
    method: 'pickup',
    status: 'ready_for_pickup',
    tracking_number: null,
  })

/** Lets a minute pass and the watcher scan, so many times. */
async function wait(times: number) {
  for (let minute = 0; minute < times; minute++) {
    shop.advance(minutes(1))
    await handleTimeouts({ db: shop.db, sagas: shop.module.sagas ?? [], now: shop.now, onError: assert.ifError })
  }
}
/** A paid order whose request for a shipment gets no answer. */
async function stuck(): Promise<string> {
  const id = await place()
  await shop.deliver(...paid(id))
  await wait(11)
  return id
}
const sagaOf = async (id: string) =>
  await shop.db
    .selectFrom('platform.saga')
    .select(['status', 'state', 'resends'])
    .where('key', '=', id)
    .executeTakeFirstOrThrow()
const publishedTimes = async (id: string, type: string) => (await shop.published(id, `ordering.${type}.v1`)).length
const shown = async (id: string) =>
  expectResponse(await shop.send(olga, `GET /admin/orders/${id}`), 200, AdminOrderView)
const lockOf = (id: string) =>
  sql`select from platform.saga where type = 'ordering.checkout' and key = ${id} for update`

test('an operator resends the step of a stuck order: the same command is published, and watched again (ORD-7, ORD-5)', async () => {
  const id = await stuck()
  assert.equal((await sagaOf(id)).status, 'needs_operator')
  await taken(id, 'resend')
  const requests = await shop.published(id, 'ordering.shipment-requested.v1')
  assert.deepEqual([requests.length, new Set(requests.map(({ event_id }) => event_id)).size], [12, 1])
  assert.deepEqual(await sagaOf(id), { status: 'running', state: 'awaiting-shipment', resends: 0 })
  await wait(10)
  assert.deepEqual(await sagaOf(id), { status: 'running', state: 'awaiting-shipment', resends: 10 })
  await wait(1)
  assert.equal((await sagaOf(id)).status, 'needs_operator', 'still no answer')
  await taken(id, 'resend')
  await shop.deliver(created(id))
  assert.equal((await shown(id)).status, 'shipping')
})

test('staff see the resend in the timeline with its reason, the buyer does not, and the audit has it (ORD-7, PLT-6)', async () => {
  const id = await stuck()
  await taken(id, 'resend')
  await shop.deliver(created(id), shipmentDelivered({ shipment_id: newId(), order_id: id }))
  const entry = (await shown(id)).timeline.find(({ event }) => event === 'staff-resent')
  assert.deepEqual([entry?.status, entry?.reason], ['paid', 'The carrier was down'])
  const own = await shop.show(anna, id)
  assert.ok(own.timeline.every(({ event }) => event !== 'staff-resent'))
  const { text } = await shop.send(anna, `GET /orders/${id}/events`)
  assert.match(text, /order-paid[^]+order-fulfilled/)
  assert.doesNotMatch(text, /staff-resent/)
  const { rows } = await sql`
    select action, actor_user_id, details from platform.audit where subject_id = ${id}`.execute(shop.db)
  const details = { step: 'resend', reason: 'The carrier was down' }
  assert.deepEqual(rows, [{ action: 'POST /admin/orders/{id}/checkout', actor_user_id: olga.user_id, details }])
})

test('an operator compensates a stuck order: its shipment is cancelled, its money refunded, its hold released (ORD-7, ORD-4)', async () => {
  const id = await stuck()
  assert.deepEqual(await taken(id, 'compensate'), { id, status: 'paid', cancelling: true })
  assert.deepEqual(await sagaOf(id), { status: 'running', state: 'cancelling-shipment', resends: 0 })
  assert.equal(await publishedTimes(id, 'payment-cancellation-requested'), 0, 'the shipment comes first')
  await shop.deliver(shipmentCancelled({ order_id: id }))
  const [request] = await shop.published(id, 'ordering.payment-cancellation-requested.v1')
  assert.deepEqual([request?.data['if_paid'], request?.data['reason']], ['refund', 'staff'])
  await shop.deliver(refunded(id))
  const { status, reason, timeline } = await shop.show(anna, id)
  assert.deepEqual([status, reason], ['cancelled', 'staff'])
  assert.equal(timeline.find(({ event }) => event === 'staff-cancelled')?.reason, 'The carrier was down')
  assert.equal(await publishedTimes(id, 'order-cancelled'), 1)
})

test('an order is compensated in each state in which it sticks before its shipment (ORD-7, ORD-4)', async () => {
  const [cash, unpaid] = [await place('cash_on_delivery'), await place()]
  await shop.deliver(started(unpaid))
  await wait(42)
  for (const [id, state] of [
    [cash, 'accepting-cash'],
    [unpaid, 'giving-up-payment'],
  ] as const) {
    assert.deepEqual(await sagaOf(id), { status: 'needs_operator', state, resends: 10 })
    assert.equal((await taken(id, 'compensate')).cancelling, true)
    await shop.deliver(paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' }))
    assert.equal((await shown(id)).status, 'cancelled')
  }
})

test('an order that is not stuck allows no step, and one that cannot be cancelled any more allows to resend (ORD-7)', async () => {
  const id = await place()
  for (const step of ['resend', 'compensate'] as const) assert.deepEqual(await refusedWith(id, step), [])
  expectProblem(await operate(newId(), { step: 'resend' }), 404, 'not-found')
  expectProblem(await operate(id, { step: 'fulfil' }), 400, 'validation-failed')
  const body = { step: 'resend' }
  expectProblem(await shop.send(anna, `POST /admin/orders/${id}/checkout`, { body }), 403, 'forbidden')
  assert.equal(await publishedTimes(id, 'payment-requested'), 1)

  const [sent, cancelling] = [await stuck(), await stuck()]
  const left = { shipment_id: newId(), order_id: sent, from: 'pending', to: 'in_transit' } as const
  await shop.deliver(shipmentStatusChanged(left))
  await taken(cancelling, 'compensate')
  await wait(11)
  for (const one of [sent, cancelling]) {
    const before = await sagaOf(one)
    assert.equal(before.status, 'needs_operator')
    assert.deepEqual(await refusedWith(one, 'compensate'), ['resend'])
    assert.deepEqual(await sagaOf(one), before)
  }
  await taken(cancelling, 'resend')
  assert.equal(await publishedTimes(cancelling, 'shipment-cancellation-requested'), 12)
  await shop.deliver(shipmentCancelled({ order_id: cancelling }), refunded(cancelling))
  assert.deepEqual(await refusedWith(cancelling, 'compensate'), [])
})

test('a step that is repeated under its key, or taken by two operators at once, is taken once (ORD-7, REL-5)', async () => {
  const [id, other] = [await stuck(), await shop.elsewhere()]
  const key = newId()
  for (let attempt = 0; attempt < 2; attempt++)
    expectResponse(await operate(id, { step: 'resend' }, shop.send, key), 200, OperatorStepTaken)
  assert.equal(await publishedTimes(id, 'shipment-requested'), 12)

  for (const step of ['resend', 'compensate'] as const) {
    const one = await stuck()
    const answers = await raceFor(shop.db, {
      lock: lockOf(one),
      waiting: 2,
      start: () => crowd(2, (i) => operate(one, { step }, i === 0 ? shop.send : other.send)),
    })
    assert.deepEqual(statusesOf(answers), [200, 409])
    assert.equal(await publishedTimes(one, 'shipment-requested'), step === 'resend' ? 12 : 11)
  }
  await other.close()
})

test('a compensation and the late answer at once: the order is cancelled, shipment first, or goes on (ORD-7, ORD-6)', async () => {
  for (let round = 0; round < 4; round++) {
    const id = await stuck()
    const [answer, failures] = await raceFor(shop.db, {
      lock: lockOf(id),
      waiting: 2,
      start: () => Promise.all([operate(id, { step: 'compensate' }), shop.deliver(created(id))]),
    })
    assert.deepEqual(failures, [])
    const isTaken = answer.status === 200
    if (!isTaken) assert.deepEqual(expectProblem(answer, 409, 'operator-step-not-allowed')['allowed'], [])
    assert.equal((await sagaOf(id)).state, isTaken ? 'cancelling-shipment' : 'shipping')
    assert.equal((await shown(id)).cancelling, isTaken)
    assert.equal(await publishedTimes(id, 'shipment-cancellation-requested'), isTaken ? 1 : 0)
  }
})
