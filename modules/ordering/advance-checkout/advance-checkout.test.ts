import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { holdExpired, holdLost } from '#catalog/events'
import {
  shipmentCancelled,
  shipmentCancellationRefused,
  shipmentCreated,
  shipmentDelivered,
  shipmentStatusChanged,
} from '#delivery/events'
import {
  paymentCompleted,
  paymentFailed,
  paymentRefunded,
  paymentRefundRefused,
  paymentStarted,
} from '#payments/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { handleTimeouts, SagaNotFound } from '#platform/saga'
import {
  anna,
  assertNoViolations,
  boris,
  crowd,
  deliverEvents,
  expectProblem,
  expectResponse,
  olga,
} from '#platform/testing'
import { minutes, newId } from '#platform/values'
import { CancellationAccepted, StatusChanged } from '../schema.ts'
import { openOrderingTest, paymentOf, teaItems, type OrderingTest } from '../testing.ts'

let shop: OrderingTest
before(async () => {
  shop = await openOrderingTest()
})
after(async () => await shop.close())

const place = async () => (await shop.place(anna, { delivery_method: 'pickup', items: teaItems() })).id
const statusOf = async (id: string) => (await shop.show(anna, id)).status
const timelineOf = async (id: string) => (await shop.show(anna, id)).timeline.map(({ event }) => event)
const cancel = async (id: string) =>
  expectResponse(await shop.send(anna, `POST /orders/${id}/cancel`), 200, CancellationAccepted)
const change = (id: string, status: string, caller = olga) =>
  shop.send(caller, `PATCH /admin/orders/${id}/status`, { body: { status } })
const countOf = async (id: string, type: string) => (await shop.published(id, type)).length

const fullyRefunded = (id: string) =>
  paymentRefunded({
    ...paymentOf(id),
    status: 'refunded',
    refund_id: newId(),
    refund_amount: 50_000,
    refunded_amount: 50_000,
    fully_refunded: true,
  })
const paymentCancelled = (id: string) => paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' })

/** The events that bring an order to its end, in their usual sequence. */
const eventsUntilDelivery = (id: string) => {
  const payment = paymentOf(id)
  const shipment = { shipment_id: newId(), order_id: id }
  return [
    paymentStarted(payment),
    paymentCompleted({ ...payment, status: 'completed', transaction_id: 'b-1' }),
    shipmentCreated({ ...shipment, method: 'pickup', status: 'ready_for_pickup', tracking_number: null }),
    shipmentDelivered(shipment),
  ] as const
}

test('a paid and delivered order is fulfilled, and its timeline shows each step (ORD-4)', async () => {
  const id = await place()
  assert.deepEqual(await shop.deliver(...eventsUntilDelivery(id)), [])
  assert.equal(await statusOf(id), 'fulfilled')
  assert.deepEqual(
    (await timelineOf(id)).filter((event) => event.startsWith('order-')),
    ['order-created', 'order-processing', 'order-paid', 'order-shipping', 'order-fulfilled'],
  )
  assert.equal(await countOf(id, 'ordering.order-fulfilled.v1'), 1)
})

test('the timeline shows each status of the shipment, and that its cancellation was refused (ORD-4)', async () => {
  const id = await place()
  const [started, completed, created] = eventsUntilDelivery(id)
  const shipment = { shipment_id: newId(), order_id: id }
  await shop.deliver(started, completed, created)
  await cancel(id)
  await shop.deliver(
    shipmentStatusChanged({ ...shipment, from: 'ready_for_pickup', to: 'out_for_delivery' }),
    shipmentCancellationRefused({ ...shipment, status: 'out_for_delivery' }),
  )
  const { status, shipment: shown, cancelling, timeline } = await shop.show(anna, id)
  assert.deepEqual(
    timeline.slice(-3).map((entry) => [entry.event, entry.shipment_status]),
    [
      ['cancellation-requested', null],
      ['shipment-status-changed', 'out_for_delivery'],
      ['shipment-cancellation-refused', 'out_for_delivery'],
    ],
  )
  assert.deepEqual([status, shown?.status, cancelling], ['shipping', 'out_for_delivery', false])
})

test('an event that arrives twice changes nothing the second time (ORD-6, S3)', async () => {
  const id = await place()
  for (const event of eventsUntilDelivery(id)) await shop.deliver(event, event)
  await shop.deliver(...eventsUntilDelivery(id))
  assert.equal(await statusOf(id), 'fulfilled')
  for (const type of ['ordering.order-paid.v1', 'ordering.shipment-requested.v1', 'ordering.order-fulfilled.v1'])
    assert.equal(await countOf(id, type), 1, type)
})

test('a replay with an emptied inbox adds nothing to a timeline and changes no fact of an order (F-18, ORD-6)', async () => {
  const ids = [await place(), await place(), await place()]
  const [done = '', cancelled = '', undelivered = ''] = ids
  await shop.deliver(...eventsUntilDelivery(done))
  const [started, completed, created] = eventsUntilDelivery(cancelled)
  await shop.deliver(started, completed, created)
  await cancel(cancelled)
  const refund = { refund_id: newId(), refund_amount: 50_000, refunded_amount: 50_000, fully_refunded: true }
  await shop.deliver(
    shipmentCancelled({ order_id: cancelled }),
    paymentRefunded({ ...paymentOf(cancelled), ...refund }),
  )
  const [, , shipped] = eventsUntilDelivery(undelivered)
  const moved = shipmentStatusChanged({
    shipment_id: newId(),
    order_id: undelivered,
    from: 'pending',
    to: 'in_transit',
  })
  await shop.deliver(...eventsUntilDelivery(undelivered).slice(0, 2), shipped, moved)
  const shownOf = async () => await Promise.all(ids.map((id) => shop.show(anna, id)))
  const before = await shownOf()

  const replay = async (type: string) => {
    await sql`delete from platform.inbox where event_id in (select event_id from platform.event where type like ${type})`.execute(
      shop.db,
    )
    await deliverEvents(shop.db, [shop.module], { collect: true })
  }
  await replay('%')
  const withoutTime = (orders: typeof before) => orders.map(({ updated_at: _, ...order }) => order)
  assert.deepEqual(withoutTime(await shownOf()), withoutTime(before))
  await replay('payments.payment-started.v1')
  await replay('delivery.shipment-created.v1')
  assert.deepEqual(await shownOf(), before)
})

test('the entries of each order are numbered from one, so that they do not show how much the shop sells (F-17, ORD-3)', async () => {
  const [one, other] = [await place(), await place()]
  const [first, second] = eventsUntilDelivery(one)
  const [third] = eventsUntilDelivery(other)
  await shop.deliver(first, third, second)
  const numbersOf = async (order_id: string) => {
    const rows = shop.db.selectFrom('ordering.timeline').select('number').where('order_id', '=', order_id)
    return (await rows.orderBy('number').execute()).map(({ number }) => number)
  }
  assert.deepEqual(await numbersOf(one), [1, 2, 3, 4, 5])
  assert.deepEqual(await numbersOf(other), [1, 2, 3])
})

test('answers that arrive in the wrong order end in the same order status (ORD-6, S3)', async () => {
  const id = await place()
  const [started, completed, created, delivered] = eventsUntilDelivery(id)
  await shop.deliver(completed, started, delivered, created)
  assert.equal(await statusOf(id), 'fulfilled')
})

test('an event about an order that does not exist yet fails until the order exists (ORD-6)', async () => {
  const [failure] = await shop.deliver(paymentStarted(paymentOf(newId())))
  assert.ok(failure?.error instanceof SagaNotFound)
})

test('the hold of an order that was never saved expires without an error (ORD-6)', async () => {
  const order_id = newId()
  const failures = await shop.deliver(holdExpired({ order_id }))
  assert.deepEqual(
    failures.filter(({ key }) => key === order_id),
    [],
  )
})

test('an order that was paid in time is shipped, although its hold expired before the payment was known (F-10, ORD-5)', async () => {
  for (const expiry of [0, 1, 2, 3]) {
    const id = await place()
    const events = eventsUntilDelivery(id)
    await shop.deliver(...events.slice(0, expiry), holdExpired({ order_id: id }), ...events.slice(expiry))
    assert.equal(await statusOf(id), 'fulfilled', `the hold expired before event ${expiry}`)
    assert.equal(await countOf(id, 'ordering.order-cancelled.v1'), 0)
  }
})

test('an accepted cash order is shipped, although its hold expired before it was accepted (F-10, ORD-5)', async () => {
  const terms = { delivery_method: 'pickup', payment_method: 'cash_on_delivery', items: teaItems() }
  const { id } = await shop.place(anna, terms)
  await shop.deliver(holdExpired({ order_id: id }), paymentStarted(paymentOf(id)))
  assert.equal(await countOf(id, 'ordering.shipment-requested.v1'), 1)
})

test('an unpaid order whose hold expired asks for its payment, and is cancelled when there is none (F-10, ORD-5)', async () => {
  const id = await place()
  await shop.deliver(paymentStarted(paymentOf(id)), holdExpired({ order_id: id }))
  const [request] = await shop.published(id, 'ordering.payment-cancellation-requested.v1')
  assert.equal((request?.data as { if_paid: string } | undefined)?.if_paid, 'keep')
  await shop.deliver(paymentCancelled(id))
  assert.equal(await statusOf(id), 'cancelled')
})

test('a paid order whose goods are sold out is cancelled and refunded, and the reason says so (F-10, ORD-4)', async () => {
  const id = await place()
  const [started, completed, created] = eventsUntilDelivery(id)
  await shop.deliver(started, completed, created, holdLost({ order_id: id }), holdLost({ order_id: id }))
  assert.equal(await countOf(id, 'ordering.shipment-cancellation-requested.v1'), 1)
  await shop.deliver(shipmentCancelled({ shipment_id: newId(), order_id: id }))
  const [request] = await shop.published(id, 'ordering.payment-cancellation-requested.v1')
  assert.equal((request?.data as { if_paid: string } | undefined)?.if_paid, 'refund')
  await shop.deliver(fullyRefunded(id))
  const { status, reason } = await shop.show(anna, id)
  assert.deepEqual([status, reason], ['cancelled', 'out-of-stock'])
})

test('an order that staff refunded in full is cancelled before its parcel leaves the shop (PAY-5, ORD-4)', async () => {
  for (const arrived of [2, 3]) {
    const id = await place()
    await shop.deliver(...eventsUntilDelivery(id).slice(0, arrived), fullyRefunded(id))
    assert.equal(await countOf(id, 'ordering.shipment-cancellation-requested.v1'), 1)
    assert.equal((await shop.show(anna, id)).cancelling, true)
    expectProblem(await change(id, 'fulfilled'), 409, 'order-status-not-allowed')
    await shop.deliver(shipmentCancelled({ shipment_id: newId(), order_id: id }), fullyRefunded(id))
    const { status, reason, payment } = await shop.show(anna, id)
    assert.deepEqual([status, reason, payment.status], ['cancelled', 'refunded', 'refunded'])
    assert.equal((await timelineOf(id)).filter((event) => event === 'payment-refunded').length, 1)
  }
})

test('an order that staff refunded in full goes on when its parcel is under way already (PAY-5, DLV-6)', async () => {
  const id = await place()
  const [started, completed, created, delivered] = eventsUntilDelivery(id)
  const refused = shipmentCancellationRefused({ shipment_id: newId(), order_id: id, status: 'in_transit' })
  await shop.deliver(started, completed, created, fullyRefunded(id), refused)
  const { status, reason, cancelling } = await shop.show(anna, id)
  assert.deepEqual([status, reason, cancelling], ['shipping', null, false])
  await shop.deliver(delivered)
  assert.equal(await statusOf(id), 'fulfilled')
})

test('neither a partial refund nor a refund after the delivery cancels an order (PAY-5)', async () => {
  const id = await place()
  const [started, completed, created, delivered] = eventsUntilDelivery(id)
  const part = { refund_id: newId(), refund_amount: 10_000, refunded_amount: 10_000, fully_refunded: false }
  const partly = paymentRefunded({ ...paymentOf(id), status: 'partially_refunded', ...part })
  await shop.deliver(started, completed, created, partly)
  assert.deepEqual([await statusOf(id), (await shop.show(anna, id)).cancelling], ['shipping', false])
  await shop.deliver(delivered, fullyRefunded(id))
  assert.equal(await statusOf(id), 'fulfilled')
  assert.equal(await countOf(id, 'ordering.shipment-cancellation-requested.v1'), 0)
  const refunds = (await shop.show(anna, id)).timeline.filter(({ amount }) => amount !== null)
  assert.deepEqual(
    refunds.map(({ event, amount }) => [event, amount]),
    [
      ['payment-partially-refunded', 10_000],
      ['payment-refunded', fullyRefunded(id).payload.refund_amount],
    ],
  )
})

test('a payment for something else than an order changes no order (PAY-8)', async () => {
  const donation = { ...paymentOf(newId()), subject_type: 'donation' as const }
  const failures = await shop.deliver(paymentStarted(donation))
  assert.deepEqual(
    failures.filter(({ key }) => key === donation.subject_id),
    [],
  )
})

test('twenty cancellations at once cancel an order once (ORD-3)', async () => {
  const id = await place()
  const clicks = await crowd(20, () => cancel(id))
  assert.deepEqual(
    clicks.filter(({ status }) => status === 'rejected'),
    [],
  )
  assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 1)
  await shop.deliver(paymentCancelled(id))
  assert.equal(await statusOf(id), 'cancelled')
  const [cancelled, ...more] = await shop.published(id, 'ordering.order-cancelled.v1')
  assert.deepEqual([cancelled?.data.reason, more.length], ['customer', 0])
  assert.equal((await timelineOf(id)).filter((event) => event === 'cancellation-requested').length, 1)
})

test('the words in which a customer or staff cancel an order are in its timeline (F-19, ORD-3, ORD-7)', async () => {
  const reasonIn = async (id: string, event: string) =>
    (await shop.show(anna, id)).timeline.find((entry) => entry.event === event)?.reason
  const [one, other, silent] = [await place(), await place(), await place()]
  const body = { reason: 'I ordered twice.\nSorry!' }
  expectResponse(await shop.send(anna, `POST /orders/${one}/cancel`, { body }), 200)
  assert.equal(await reasonIn(one, 'cancellation-requested'), body.reason)
  const byStaff = { status: 'cancelled', reason: 'The address does not exist.' }
  expectResponse(await shop.send(olga, `PATCH /admin/orders/${other}/status`, { body: byStaff }), 200)
  assert.equal(await reasonIn(other, 'staff-cancelled'), byStaff.reason)
  await cancel(silent)
  assert.equal(await reasonIn(silent, 'cancellation-requested'), null)
  await shop.deliver(paymentCancelled(one))
  const shown = await shop.show(anna, one)
  assert.deepEqual([shown.reason, await reasonIn(one, 'order-cancelled')], ['customer', 'customer'])
})

test('a cancellation with an unknown field or a long reason is refused and cancels nothing (F-19, rule 7)', async () => {
  const id = await place()
  for (const body of [{ why: 'x' }, { reason: '' }, { reason: 'x'.repeat(501) }, { reason: 1 }])
    expectProblem(await shop.send(anna, `POST /orders/${id}/cancel`, { body }), 400, 'validation-failed')
  const { reason, timeline } = await shop.show(anna, id)
  assert.deepEqual([reason, timeline.length], [null, 1])
})

test('a customer cannot cancel the order of another customer (ORD-3)', async () => {
  const id = await place()
  expectProblem(await shop.send(boris, `POST /orders/${id}/cancel`), 404, 'not-found')
  assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 0)
})

test('a cancellation cancels the shipment before it refunds the payment (ORD-4)', async () => {
  const id = await place()
  const [started, completed, created] = eventsUntilDelivery(id)
  await shop.deliver(started, completed, created)
  await cancel(id)
  assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 0)
  await shop.deliver(shipmentCancelled({ order_id: id }))
  assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 1)
  assert.equal(await statusOf(id), 'shipping')
  await shop.deliver(fullyRefunded(id))
  assert.equal(await statusOf(id), 'cancelled')
})

test('while the bank refuses the refund, the order stays in its cancellation; the refund of staff ends it (PAY-5)', async () => {
  const id = await place()
  const [started, completed, created] = eventsUntilDelivery(id)
  await shop.deliver(started, completed, created)
  await cancel(id)
  await shop.deliver(shipmentCancelled({ order_id: id }))
  const refused = { ...paymentOf(id), status: 'completed' as const, refund_id: newId(), refund_amount: 50_000 }
  await shop.deliver(paymentRefundRefused(refused))
  const { status, cancelling, payment, timeline } = await shop.show(anna, id)
  assert.deepEqual([status, cancelling, payment.status], ['shipping', true, 'completed'])
  assert.equal(timeline.at(-1)?.event, 'payment-refund-refused')
  await shop.deliver(fullyRefunded(id))
  assert.equal(await statusOf(id), 'cancelled')
})

test('a payment that arrives after the cancellation is refunded, and the order stays cancelled (ORD-5, S2)', async () => {
  const id = await place()
  await cancel(id)
  await shop.deliver(paymentCancelled(id))
  await shop.deliver(paymentCompleted({ ...paymentOf(id), transaction_id: 'late' }))
  assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 2)
  assert.equal(await statusOf(id), 'cancelled')
})

const timeOut = async () =>
  await handleTimeouts({ db: shop.db, sagas: shop.module.sagas ?? [], now: shop.now, onError: assert.ifError })

test('a command without an answer is published again as the same message; after ten repeats the order needs an operator (ORD-5, S5)', async () => {
  const id = await place()
  await shop.deliver(...eventsUntilDelivery(id).slice(0, 2))
  for (let minute = 0; minute < 11; minute++) {
    shop.advance(minutes(1))
    await timeOut()
  }
  const requests = await shop.published(id, 'ordering.shipment-requested.v1')
  assert.equal(requests.length, 11)
  assert.equal(new Set(requests.map(({ event_id }) => event_id)).size, 1, 'every inbox recognises the repeat')
  const { status } = await shop.db
    .selectFrom('platform.saga')
    .select('status')
    .where('key', '=', id)
    .executeTakeFirstOrThrow()
  assert.equal(status, 'needs_operator')
  await shop.deliver(...eventsUntilDelivery(id).slice(2))
  assert.equal(await statusOf(id), 'fulfilled', 'a late answer still advances the order')
})

test('an order that is unpaid for half an hour is cancelled; ten timeouts at once cancel it once (ORD-5)', async () => {
  const id = await place()
  await shop.deliver(eventsUntilDelivery(id)[0])
  shop.advance(minutes(31))
  await crowd(10, timeOut)
  const [request, ...more] = await shop.published(id, 'ordering.payment-cancellation-requested.v1')
  assert.deepEqual([request?.data.if_paid, more.length], ['keep', 0])
  await shop.deliver(paymentCancelled(id))
  assert.equal((await shop.show(anna, id)).reason, 'payment-timeout')
})

test('staff give an order only a status that is allowed, and a refusal lists the allowed statuses (ORD-7)', async () => {
  const id = await place()
  const problem = expectProblem(await change(id, 'fulfilled'), 409, 'order-status-not-allowed')
  assert.deepEqual(problem['allowed'], ['cancelled'])
  expectResponse(await change(id, 'cancelled', anna), 403)
  await shop.deliver(...eventsUntilDelivery(id).slice(0, 2))
  for (const status of ['shipping', 'fulfilled'])
    assert.equal(expectResponse(await change(id, status), 200, StatusChanged).status, status)
})

test('every invariant of orders holds after these tests (PLT-22)', async () => {
  await assertNoViolations(shop.module)
})

test('each order of one transaction gets its own payment, shipment and timeline (ORD-4, PERF-2)', async () => {
  await deleteOrphanedEvents()
  const ids = await Promise.all(Array.from({ length: 12 }, place))
  const sequences = ids.map(eventsUntilDelivery)
  await transaction(shop.db, async (tx) => {
    for (const step of [0, 1, 2, 3])
      for (const sequence of sequences) await publish(tx, [sequence[step] ?? assert.fail()])
  })
  await deliverEvents(shop.db, [shop.module], { together: true })
  for (const [i, id] of ids.entries()) {
    const order = await shop.show(anna, id)
    assert.deepEqual(
      [order.status, order.payment.id, order.shipment?.id],
      ['fulfilled', sequences[i]?.[0].payload['payment_id'], sequences[i]?.[2].payload['shipment_id']],
    )
    assert.deepEqual(
      order.timeline.map(({ event }) => event),
      [
        ['order-created', 'payment-started', 'order-processing', 'payment-completed', 'order-paid'],
        ['shipment-created', 'order-shipping', 'order-fulfilled'],
      ].flat(),
    )
    for (const type of ['ordering.shipment-requested.v1', 'ordering.order-fulfilled.v1'])
      assert.equal(await countOf(id, type), 1, type)
  }
})

test('an event without an order delays no event of other orders (ORD-6, R10)', async () => {
  await deleteOrphanedEvents()
  const [one, other, orphan] = [await place(), await place(), newId()]
  const started = [one, orphan, other].map((id) => paymentStarted(paymentOf(id)))
  await transaction(shop.db, (tx) => publish(tx, started))
  await assert.rejects(deliverEvents(shop.db, [shop.module], { together: true }), SagaNotFound)
  assert.deepEqual([await statusOf(one), await statusOf(other)], ['created', 'created'])
  const failures = await deliverEvents(shop.db, [shop.module], { collect: true })
  assert.ok(failures.some(({ key }) => key === orphan))
  assert.deepEqual([await statusOf(one), await statusOf(other)], ['processing', 'processing'])
})

test('orders paid in one transaction and cancelled by their customers at once never lock each other out (ORD-3)', async () => {
  await deleteOrphanedEvents()
  const before = await countDeadlocks()
  for (let round = 0; round < 6; round++) {
    const ids = await Promise.all(Array.from({ length: 20 }, place))
    const started = ids.map((id) => paymentStarted(paymentOf(id)))
    await transaction(shop.db, (tx) => publish(tx, started))
    // The i-th cancellation waits for i queries: some come before the batch, some while it holds its locks.
    const cancelled = crowd(20, async (i) => {
      for (let query = 0; query < i; query++) await sql`select`.execute(shop.db)
      return await cancel(ids[i] ?? assert.fail())
    })
    await deliverEvents(shop.db, [shop.module], { together: true })
    assert.deepEqual(
      (await cancelled).filter(({ status }) => status === 'rejected'),
      [],
    )
    for (const id of ids) assert.equal(await countOf(id, 'ordering.payment-cancellation-requested.v1'), 1)
  }
  assert.equal(await countDeadlocks(), before)
})

/** Deletes the events of other tests about orders that do not exist. */
const deleteOrphanedEvents = () =>
  sql`delete from platform.event where partition_key not in (select id::text from ordering.orders)`.execute(shop.db)

/** PostgreSQL counts per connection until the connection flushes its counts, so each of the ten flushes at the same time. */
async function countDeadlocks() {
  const all = Promise.withResolvers<void>()
  let taken = 0
  await crowd(10, () =>
    shop.db.connection().execute(async (connection) => {
      await sql`select pg_stat_force_next_flush()`.execute(connection)
      if (++taken === 10) all.resolve()
      await all.promise
    }),
  )
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(shop.db)
  return rows[0]?.deadlocks
}
