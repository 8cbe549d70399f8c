import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { holdExpired } from '#catalog/events'
import { shipmentCancelled, shipmentCreated, shipmentDelivered } from '#delivery/events'
import { paymentCompleted, paymentFailed, paymentRefunded, paymentStarted } from '#payments/events'
import { anna, boris, crowd, olga } from '#platform/testing'
import { lookOnce } from '#platform/saga'
import { minutes, newId } from '#platform/words'
import { openCounter, wantTea, type Counter } from '../test-counter.ts'

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
  assert.deepEqual(await counter.hears(...way(id)), [])
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
  for (const event of way(id)) await counter.hears(event, event)
  await counter.hears(...way(id))
  assert.equal(await statusOf(id), 'fulfilled')
  for (const type of ['ordering.order-paid.v1', 'ordering.shipment-due.v1', 'ordering.order-fulfilled.v1'])
    assert.equal((await counter.told(id, type)).length, 1, type)
})

test('an answer that overtakes the one before it does no harm (ORD-6, S3)', async () => {
  const id = await placed()
  const [started, completed, created, delivered] = way(id)
  await counter.hears(completed, started, delivered, created)
  assert.equal(await statusOf(id), 'fulfilled')
})

test('an event of an order nobody knows is not lost: hearing it fails until the order is there (ORD-6)', async () => {
  const [fault] = await counter.hears(paymentStarted(charge(newId())))
  assert.match(String(fault?.error), /UnknownSaga/)
})

test('the hold of an order that was never kept expires in silence (ORD-6)', async () => {
  const order_id = newId()
  const faults = await counter.hears(holdExpired({ order_id }))
  assert.deepEqual(
    faults.filter(({ event }) => event.metadata.key === order_id),
    [],
  )
})

test('what is due for others than orders is passed over (PAY-8)', async () => {
  const stranger = { ...charge(newId()), subject_type: 'donation' }
  assert.deepEqual(
    (await counter.hears(paymentStarted(stranger))).filter(({ event }) => event.metadata.key === stranger.subject_id),
    [],
  )
})

test('twenty cancellations at once are one (ORD-3)', async () => {
  const id = await placed()
  const clicks = await crowd(20, () => counter.ask(anna, 'POST', `/orders/${id}/cancel`))
  assert.ok(clicks.every((click) => click.status === 'fulfilled' && click.value.status === 200))
  assert.equal((await counter.told(id, 'ordering.payment-not-due.v1')).length, 1)
  await counter.hears(paymentFailed({ subject_type: 'order', subject_id: id, because: 'cancelled' }))
  assert.equal(await statusOf(id), 'cancelled')
  const [cancelled, ...more] = await counter.told(id, 'ordering.order-cancelled.v1')
  assert.deepEqual([cancelled?.data.reason, more.length], ['customer', 0])
  const { timeline } = (await counter.ask(anna, 'GET', `/orders/${id}`)).body
  assert.equal(timeline.filter(({ event }: { event: string }) => event === 'cancellation-asked').length, 1)
})

test('nobody cancels the order of somebody else (ORD-3)', async () => {
  const id = await placed()
  assert.equal((await counter.ask(boris, 'POST', `/orders/${id}/cancel`)).status, 404)
  assert.equal((await counter.told(id, 'ordering.payment-not-due.v1')).length, 0)
})

test('undoing goes backwards: the shipment is called off before the money is given back (ORD-4)', async () => {
  const id = await placed()
  const [started, completed, created] = way(id)
  await counter.hears(started, completed, created)
  await counter.ask(anna, 'POST', `/orders/${id}/cancel`)
  assert.equal((await counter.told(id, 'ordering.payment-not-due.v1')).length, 0)
  await counter.hears(shipmentCancelled({ order_id: id }))
  assert.equal((await counter.told(id, 'ordering.payment-not-due.v1')).length, 1)
  assert.equal(await statusOf(id), 'shipping')
  await counter.hears(
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
  await counter.hears(paymentFailed({ subject_type: 'order', subject_id: id, because: 'cancelled' }))
  await counter.hears(paymentCompleted({ ...charge(id), transaction_id: 'late' }))
  assert.equal((await counter.told(id, 'ordering.payment-not-due.v1')).length, 2)
  assert.equal(await statusOf(id), 'cancelled')
})

const look = async () =>
  await lookOnce({ db: counter.db, sagas: counter.module.sagas ?? [], now: counter.now, onError: assert.ifError })

test('who does not answer is asked again with the same message; at last the operator is called (ORD-5, S5)', async () => {
  const id = await placed()
  const [started, completed] = way(id)
  await counter.hears(started, completed)
  for (let minute = 0; minute < 11; minute++) {
    counter.pass(minutes(1))
    await look()
  }
  const asked = await counter.told(id, 'ordering.shipment-due.v1')
  assert.equal(asked.length, 11)
  assert.equal(new Set(asked.map(({ event_id }) => event_id)).size, 1, 'every inbox knows it again')
  const { status } = await counter.db
    .selectFrom('msg.saga')
    .select('status')
    .where('key', '=', id)
    .executeTakeFirstOrThrow()
  assert.equal(status, 'needs_operator')
  await counter.hears(...way(id).slice(2))
  assert.equal(await statusOf(id), 'fulfilled', 'a late answer takes it on all the same')
})

test('an order unpaid for half an hour is asked about, then given up; ten looks at once do it once (ORD-5)', async () => {
  const id = await placed()
  await counter.hears(way(id)[0])
  counter.pass(minutes(31))
  await crowd(10, look)
  const [asked, ...more] = await counter.told(id, 'ordering.payment-not-due.v1')
  assert.deepEqual([asked?.data.if_paid, more.length], ['keep', 0])
  await counter.hears(paymentFailed({ subject_type: 'order', subject_id: id, because: 'cancelled' }))
  assert.equal((await counter.ask(anna, 'GET', `/orders/${id}`)).body.cancel_reason, 'payment-timeout')
})

test('staff may do only what the order allows, and is told what that is (ORD-7)', async () => {
  const id = await placed()
  const refused = await counter.ask(olga, 'PATCH', `/admin/orders/${id}/status`, { status: 'fulfilled' })
  assert.deepEqual([refused.status, refused.body.code, refused.body.allowed], [409, 'move-not-allowed', ['cancelled']])
  assert.equal((await counter.ask(anna, 'PATCH', `/admin/orders/${id}/status`, { status: 'cancelled' })).status, 403)
  await counter.hears(...way(id).slice(0, 2))
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
  for (const { name, drift } of counter.module.checks ?? []) assert.deepEqual(await drift(), [], name)
})
