import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { holdExpired } from '#catalog/events'
import { shipmentCancelled, shipmentCreated, shipmentDelivered } from '#delivery/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentStarted } from '#payments/events'
import { transaction } from '#platform/db'
import { publish } from '#platform/events'
import { anna, boris, crowd, deliverEvents, olga } from '#platform/testing'
import { handleTimeouts } from '#platform/saga'
import { minutes, newId } from '#platform/values'
import { openCounter, wantTea, type Counter } from '../testing.ts'

let counter: Counter
before(async () => {
  counter = await openCounter()
})
after(async () => await counter.close())

async function placed(payment_method = 'online'): Promise<string> {
  const body = { delivery_method: 'pickup', payment_method, items: wantTea() }
  return (await counter.ask(anna, 'POST', '/orders', body)).body.id
}

const statusOf = async (id: string) => (await counter.ask(anna, 'GET', `/orders/${id}`)).body.status
const charge = (id: string) => ({
  payment_id: newId(),
  subject_type: 'order',
  subject_id: id,
  user_id: anna.user_id,
  amount: 50_000,
  currency: 'RUB',
  provider: 'sandbox',
})
const way = (id: string) => {
  const paid = charge(id)
  const shipment = { shipment_id: newId(), order_id: id }
  return [
    paymentStarted(paid),
    paymentCompleted({ ...paid, transaction_id: 'b-1' }),
    shipmentCreated({ ...shipment, method: 'pickup', status: 'ready_for_pickup', tracking_number: null }),
    shipmentDelivered(shipment),
  ] as const
}

test('an order walks to its end, and its timeline tells how (ORD-4)', async () => {
  const id = await placed()
  assert.deepEqual(await counter.subscriptions(...way(id)), [])
  const { body } = await counter.ask(anna, 'GET', `/orders/${id}`)
  assert.equal(body.status, 'fulfilled')
  const moves = body.timeline
    .map(({ event }: { event: string }) => event)
    .filter((event: string) => event.startsWith('order-'))
  assert.deepEqual(moves, ['order-created', 'order-processing', 'order-paid', 'order-shipping', 'order-fulfilled'])
  assert.equal((await counter.told(id, 'ordering.order-fulfilled.v1')).length, 1)
})

test('everything heard twice changes nothing the second time (ORD-6, S3)', async () => {
  const id = await placed()
  for (const event of way(id)) await counter.subscriptions(event, event)
  await counter.subscriptions(...way(id))
  assert.equal(await statusOf(id), 'fulfilled')
  for (const type of ['ordering.order-paid.v1', 'ordering.shipment-requested.v1', 'ordering.order-fulfilled.v1'])
    assert.equal((await counter.told(id, type)).length, 1, type)
})

test('an answer that overtakes the one before it does no harm (ORD-6, S3)', async () => {
  const id = await placed()
  const [started, completed, created, delivered] = way(id)
  await counter.subscriptions(completed, started, delivered, created)
  assert.equal(await statusOf(id), 'fulfilled')
})

test('an event of an order nobody knows is not lost: hearing it fails until the order is there (ORD-6)', async () => {
  const [fault] = await counter.subscriptions(paymentStarted(charge(newId())))
  assert.match(String(fault?.error), /SagaNotFound/)
})

test('the hold of an order that was never kept expires in silence (ORD-6)', async () => {
  const order_id = newId()
  const faults = await counter.subscriptions(holdExpired({ order_id }))
  assert.deepEqual(
    faults.filter(({ key }) => key === order_id),
    [],
  )
})

test('what is due for others than orders is passed over (PAY-8)', async () => {
  const stranger = { ...charge(newId()), subject_type: 'donation' }
  assert.deepEqual(
    (await counter.subscriptions(paymentStarted(stranger))).filter(({ key }) => key === stranger.subject_id),
    [],
  )
})

test('twenty cancellations at once are one (ORD-3)', async () => {
  const id = await placed()
  const clicks = await crowd(20, () => counter.ask(anna, 'POST', `/orders/${id}/cancel`))
  assert.ok(clicks.every((click) => click.status === 'fulfilled' && click.value.status === 200))
  assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 1)
  await counter.subscriptions(paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' }))
  assert.equal(await statusOf(id), 'cancelled')
  const [cancelled, ...more] = await counter.told(id, 'ordering.order-cancelled.v1')
  assert.deepEqual([cancelled?.data.reason, more.length], ['customer', 0])
  const { timeline } = (await counter.ask(anna, 'GET', `/orders/${id}`)).body
  assert.equal(timeline.filter(({ event }: { event: string }) => event === 'cancellation-asked').length, 1)
})

test('nobody cancels the order of somebody else (ORD-3)', async () => {
  const id = await placed()
  assert.equal((await counter.ask(boris, 'POST', `/orders/${id}/cancel`)).status, 404)
  assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 0)
})

test('undoing goes backwards: the shipment is called off before the money is given back (ORD-4)', async () => {
  const id = await placed()
  const [started, completed, created] = way(id)
  await counter.subscriptions(started, completed, created)
  await counter.ask(anna, 'POST', `/orders/${id}/cancel`)
  assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 0)
  await counter.subscriptions(shipmentCancelled({ order_id: id }))
  assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 1)
  assert.equal(await statusOf(id), 'shipping')
  await counter.subscriptions(
    paymentRefunded({
      ...charge(id),
      refund_id: newId(),
      refunded_amount: 50_000,
      refunded_total: 50_000,
      whole: true,
    }),
  )
  assert.equal(await statusOf(id), 'cancelled')
})

test('money that comes after the cancellation is asked back, and the order stays cancelled (ORD-5, S2)', async () => {
  const id = await placed()
  await counter.ask(anna, 'POST', `/orders/${id}/cancel`)
  await counter.subscriptions(paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' }))
  await counter.subscriptions(paymentCompleted({ ...charge(id), transaction_id: 'late' }))
  assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 2)
  assert.equal(await statusOf(id), 'cancelled')
})

const look = async () =>
  await handleTimeouts({ db: counter.db, sagas: counter.module.sagas ?? [], now: counter.now, onError: assert.ifError })

test('who does not answer is asked again with the same message; at last the operator is called (ORD-5, S5)', async () => {
  const id = await placed()
  const [started, completed] = way(id)
  await counter.subscriptions(started, completed)
  for (let minute = 0; minute < 11; minute++) {
    counter.pass(minutes(1))
    await look()
  }
  const asked = await counter.told(id, 'ordering.shipment-requested.v1')
  assert.equal(asked.length, 11)
  assert.equal(new Set(asked.map(({ event_id }) => event_id)).size, 1, 'every inbox knows it again')
  const { status } = await counter.db
    .selectFrom('platform.saga')
    .select('status')
    .where('key', '=', id)
    .executeTakeFirstOrThrow()
  assert.equal(status, 'needs_operator')
  await counter.subscriptions(...way(id).slice(2))
  assert.equal(await statusOf(id), 'fulfilled', 'a late answer takes it on all the same')
})

test('an order unpaid for half an hour is asked about, then given up; ten looks at once do it once (ORD-5)', async () => {
  const id = await placed()
  await counter.subscriptions(way(id)[0])
  counter.pass(minutes(31))
  await crowd(10, look)
  const [asked, ...more] = await counter.told(id, 'ordering.payment-cancellation-requested.v1')
  assert.deepEqual([asked?.data.if_paid, more.length], ['keep', 0])
  await counter.subscriptions(paymentFailed({ subject_type: 'order', subject_id: id, reason: 'cancelled' }))
  assert.equal((await counter.ask(anna, 'GET', `/orders/${id}`)).body.cancel_reason, 'payment-timeout')
})

test('staff may do only what the order allows, and is told what that is (ORD-7)', async () => {
  const id = await placed()
  const refused = await counter.ask(olga, 'PATCH', `/admin/orders/${id}/status`, { status: 'fulfilled' })
  assert.deepEqual([refused.status, refused.body.code, refused.body.allowed], [409, 'move-not-allowed', ['cancelled']])
  assert.equal((await counter.ask(anna, 'PATCH', `/admin/orders/${id}/status`, { status: 'cancelled' })).status, 403)
  await counter.subscriptions(...way(id).slice(0, 2))
  assert.equal(
    (await counter.ask(olga, 'PATCH', `/admin/orders/${id}/status`, { status: 'shipping' })).body.status,
    'shipping',
  )
  assert.equal(
    (await counter.ask(olga, 'PATCH', `/admin/orders/${id}/status`, { status: 'fulfilled' })).body.status,
    'fulfilled',
  )
})

test('every invariant of orders holds after all this (PLT-22)', async () => {
  for (const { name, violations } of counter.module.checks ?? []) assert.deepEqual(await violations(), [], name)
})

test('orders that walk in one transaction keep each their own payment, shipment and timeline (ORD-4, PERF-2)', async () => {
  await forgetStrangers()
  const ids = await Promise.all(Array.from({ length: 12 }, () => placed()))
  const ways = ids.map(way)
  await transaction(counter.db, async (tx) => {
    for (const step of [0, 1, 2, 3]) for (const walk of ways) await publish(tx, [walk[step] ?? assert.fail()])
  })
  await deliverEvents(counter.db, [counter.module], { together: true })
  for (const [i, id] of ids.entries()) {
    const { body } = await counter.ask(anna, 'GET', `/orders/${id}`)
    assert.deepEqual(
      [body.status, body.payment.id, body.shipment.id],
      ['fulfilled', ways[i]?.[0].payload['payment_id'], ways[i]?.[2].payload['shipment_id']],
    )
    assert.deepEqual(
      body.timeline.map(({ event }: { event: string }) => event),
      [
        ['order-created', 'payment-started', 'order-processing', 'payment-completed', 'order-paid'],
        ['shipment-created', 'order-shipping', 'order-fulfilled'],
      ].flat(),
    )
    for (const type of ['ordering.shipment-requested.v1', 'ordering.order-fulfilled.v1'])
      assert.equal((await counter.told(id, type)).length, 1, type)
  }
})

test('a stranger among many orders holds up nobody but itself (ORD-6, R10)', async () => {
  await forgetStrangers()
  const [one, other, stranger] = [await placed(), await placed(), newId()]
  await transaction(counter.db, (tx) =>
    publish(
      tx,
      [one, stranger, other].map((id) => paymentStarted(charge(id))),
    ),
  )
  await assert.rejects(deliverEvents(counter.db, [counter.module], { together: true }), /SagaNotFound|has no instance/)
  assert.deepEqual([await statusOf(one), await statusOf(other)], ['created', 'created'])
  const faults = await deliverEvents(counter.db, [counter.module], { collect: true })
  assert.deepEqual(
    [faults.map(({ key }) => key).includes(stranger), await statusOf(one), await statusOf(other)],
    [true, 'processing', 'processing'],
  )
})

test('many orders paid in one transaction and cancelled by their customers at once never lock each other out (ORD-3)', async () => {
  await forgetStrangers()
  const before = await deadlocks()
  for (let round = 0; round < 6; round++) {
    const ids = await Promise.all(Array.from({ length: 20 }, () => placed()))
    const started = ids.map((id) => paymentStarted(charge(id)))
    await transaction(counter.db, (tx) => publish(tx, started))
    // One cancellation a millisecond: some come before the batch, some while it holds its locks.
    const cancelled = crowd(20, async (i) => {
      await sleep(i)
      return await counter.ask(anna, 'POST', `/orders/${ids[i]}/cancel`)
    })
    await deliverEvents(counter.db, [counter.module], { together: true })
    assert.ok((await cancelled).every((each) => each.status === 'fulfilled' && each.value.status === 200))
    for (const id of ids) assert.equal((await counter.told(id, 'ordering.payment-cancellation-requested.v1')).length, 1)
  }
  assert.equal(await deadlocks(), before)
})

/** What other tests told of orders that nobody knows. */
const forgetStrangers = () =>
  sql`delete from platform.event where partition_key not in (select id::text from ordering.orders)`.execute(counter.db)

/** Every connection counts by itself until it is told to hand its counts over. */
async function deadlocks() {
  await crowd(10, () => sql`select pg_stat_force_next_flush(), pg_sleep(0.05)`.execute(counter.db))
  const { rows } = await sql<{ deadlocks: number }>`
    select deadlocks from pg_stat_database where datname = current_database()`.execute(counter.db)
  return rows[0]?.deadlocks
}
