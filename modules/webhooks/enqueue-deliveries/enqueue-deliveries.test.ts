import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { productUpdated } from '#catalog/events'
import { orderCreated, orderPaid } from '#ordering/events'
import { paymentCompleted } from '#payments/events'
import type { PayloadOf } from '#platform/events'
import { olga, statementsOf } from '#platform/testing'
import { newId, seconds } from '#platform/values'
import { openWebhooksTest, type WebhooksTest } from '../testing.ts'

let shop: WebhooksTest
before(async () => {
  shop = await openWebhooksTest()
})
beforeEach(() => shop.pool.query('delete from webhooks.endpoints'))
after(() => shop.close())

const url = 'https://erp.example.org/events'
const user_id = newId()
const orderFacts = {
  order_id: newId(),
  user_id,
  number: '2026-7K3M9Q',
  items: [{ variant_id: newId(), product_id: newId(), sku: 'TGY-100', title: 'Oolong', quantity: 1, price: 125_000 }],
  total_amount: 125_000,
  currency: 'RUB',
  payment_method: 'online',
  delivery_method: 'pickup',
  from_cart: true,
} satisfies PayloadOf<typeof orderCreated>

test('an endpoint receives the events that it subscribes to, without a word about the buyer (CAT-15)', async () => {
  const orders = await shop.addEndpoint({ url, event_types: [orderCreated.type, paymentCompleted.type] })
  const products = await shop.addEndpoint({ url, event_types: [productUpdated.type] })
  const payment = { payment_id: newId(), subject_type: 'order', subject_id: orderFacts.order_id } as const
  const charge = { status: 'completed', user_id, amount: 125_000, currency: 'RUB', provider: 'sandbox' } as const
  await shop.deliver(
    orderCreated(orderFacts),
    paymentCompleted({ ...payment, ...charge, transaction_id: 'T1' }),
    productUpdated({ product_id: newId() }),
    orderPaid({ order_id: newId(), user_id, payment_id: newId() }),
  )
  const received = await shop.deliveriesTo(orders.id)
  assert.deepEqual(
    new Set(received.map(({ event_type }) => event_type)),
    new Set([orderCreated.type, paymentCompleted.type]),
  )
  assert.equal((await shop.deliveriesTo(products.id)).length, 1)
  for (const delivery of received) assert.ok(!(await shop.showDelivery(delivery)).body.includes(user_id))
  const created = received.find(({ event_type }) => event_type === orderCreated.type) ?? assert.fail()
  const { data } = JSON.parse((await shop.showDelivery(created)).body) as { data: Record<string, unknown> }
  assert.deepEqual([data['number'], data['total_amount']], [orderFacts.number, 125_000])
})

test('an inactive endpoint receives nothing, and an event that is handled again is delivered once (CAT-15)', async () => {
  const active = await shop.addEndpoint({ url })
  const inactive = await shop.addEndpoint({ url, is_active: false })
  const event_id = await shop.pay()
  await shop.pool.query(`delete from platform.inbox where consumer_group = 'webhooks'`)
  await shop.deliver()
  const received = await shop.deliveriesTo(active.id)
  assert.equal(received.filter(({ message_id }) => message_id === event_id).length, 1)
  assert.deepEqual(await shop.deliveriesTo(inactive.id), [])
})

test('one statement serves the events of a batch while no endpoint subscribes to them (CAT-15, PERF-1)', async () => {
  await shop.addEndpoint({ url, event_types: [productUpdated.type] })
  const events = Array.from({ length: 20 }, () => orderPaid({ order_id: newId(), user_id, payment_id: newId() }))
  const statements = await statementsOf(async () => await shop.deliver(...events))
  assert.equal(statements.filter(({ text }) => text.includes('webhooks.')).length, 1)
})

test('an event that no endpoint subscribes to costs no statement, until an endpoint changes (CAT-15, PERF-2)', async () => {
  const { id } = await shop.addEndpoint({ url, event_types: [productUpdated.type] })
  await shop.pay()
  const statements = await statementsOf(async () => void (await shop.pay()))
  assert.deepEqual(
    statements.filter(({ text }) => text.includes('webhooks.')),
    [],
  )
  await shop.send(olga, `PATCH /admin/webhooks/${id}`, { body: { event_types: [orderPaid.type] } })
  await shop.pay()
  const second = await shop.addEndpoint({ url })
  await shop.pay()
  assert.equal((await shop.deliveriesTo(id)).length, 2)
  assert.equal((await shop.deliveriesTo(second.id)).length, 1)
})

test('an inactive endpoint receives the events that follow its activation (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url, is_active: false })
  await shop.pay()
  await shop.send(olga, `PATCH /admin/webhooks/${id}`, { body: { is_active: true } })
  await shop.pay()
  assert.equal((await shop.deliveriesTo(id)).length, 1)
})

test('a process asks the database again after ten seconds, whatever it read (CAT-15)', async () => {
  await shop.pay()
  await shop.pool.query(
    `insert into webhooks.endpoints (id, url, description, event_types, contact_locale, is_active, created_at, updated_at)
    values ($1, $2, '', $3, 'en', true, now(), now())`,
    [user_id, url, [orderPaid.type]],
  )
  await shop.pay()
  assert.equal((await shop.deliveriesTo(user_id)).length, 0)
  shop.advance(seconds(10))
  await shop.pay()
  assert.equal((await shop.deliveriesTo(user_id)).length, 1)
})

test('staff list deliveries by status and event, page by page (CAT-15)', async () => {
  const { id } = await shop.addEndpoint({ url })
  for (let i = 0; i < 3; i++) await shop.pay()
  assert.equal((await shop.deliveriesTo(id, '?status=pending')).length, 3)
  assert.equal((await shop.deliveriesTo(id, '?status=delivered')).length, 0)
  assert.equal((await shop.deliveriesTo(id, `?event_type=${orderPaid.type}`)).length, 3)
  const first = await shop.send(olga, `GET /admin/webhooks/${id}/deliveries?page_size=2`)
  const { items, next_cursor } = first.body as { items: { id: string }[]; next_cursor: string }
  const rest = await shop.deliveriesTo(id, `?page_size=2&cursor=${next_cursor}`)
  assert.equal(new Set([...items, ...rest].map((one) => one.id)).size, 3)
})
