import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { deadMessages } from '#platform/events'
import { crowd, deliverEvents } from '#platform/testing'
import { newId } from '#platform/values'
import { messageParked } from '../../events.ts'
import { openDispatchTest, type DispatchTest } from '../../testing.ts'
import { retryKnownMessages } from '../read-parked-message/read-parked-message.ts'
import type { ReceivedMessage } from './take-messages.ts'

let shop: DispatchTest
before(async () => {
  shop = await openDispatchTest()
})
beforeEach(() => sql`truncate dispatch.couriers, dispatch.orders, dispatch.storage_places`.execute(shop.db))
after(() => shop.close())

let offset = 0
const received = (fields: object, headers: Readonly<Record<string, string>> = {}): ReceivedMessage => ({
  bytes: Buffer.from(JSON.stringify(fields)),
  headers,
  place: `basket.events/0/${offset++}`,
  at: new Date('2026-11-21T05:00:00Z'),
})
const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12' }
const confirmed = (basket_id: string, more: object = {}) => ({ basket_id, address, volume: 6, ...more })
const ofC = (event_type: string, basket_id: string, more: object = {}) =>
  received({ event_id: newId(), event_type, basket_id, ...more })
const deliver = () => deliverEvents(shop.db, [shop.module])
const statusOf = async (id: string) =>
  (await sql<{ status: string }>`select status from dispatch.orders where id = ${id}`.execute(shop.db)).rows[0]?.status

test('a confirmed basket becomes an order with its address, volume and window (DSP-4, DSP-8)', async () => {
  const id = newId()
  const { grid } = shop.gridOf('b2')
  assert.deepEqual(await grid.takeMessages([received(confirmed(id, { delivery_period: { from: 10, to: 12 } }))]), [
    { kind: 'known' },
  ])
  await deliver()
  const { rows } = await sql`
    select status, address, volume, window_from, window_to from dispatch.orders where id = ${id}`.execute(shop.db)
  assert.deepEqual(rows, [
    {
      status: 'created',
      address,
      volume: 6,
      window_from: new Date('2026-11-21T07:00:00Z'),
      window_to: new Date('2026-11-21T09:00:00Z'),
    },
  ])
})

test('a basket gets one order and one event, however often and wherever its message arrives (DSP-2, DSP-4)', async () => {
  const id = newId()
  const message = received(confirmed(id))
  const again = received(confirmed(id, { volume: 9 }))
  const one = shop.gridOf('b2')
  const other = shop.gridOf('b2', shop.openSecondDb())
  await crowd(10, (i) => (i % 2 ? one : other).grid.takeMessages(i < 8 ? [message] : [again]))
  await Promise.all([deliver(), deliver()].map((each) => each.catch(() => {})))
  await deliver()
  assert.deepEqual(
    (await shop.eventsOf(id)).filter((type) => type === 'created'),
    ['created'],
  )
  assert.equal(await statusOf(id), 'created')
})

test('a cancelled basket cancels its order and frees the courier (DSP-8)', async () => {
  const { grid } = shop.gridOf('c')
  const id = newId()
  const courier = await shop.addCourier()
  await grid.takeMessages([ofC('BasketConfirmed', id, { address, volume: 6 })])
  await deliver()
  await grid.assignOrders()
  assert.equal((await shop.orderRow(id)).courier_id, courier)
  await grid.takeMessages([ofC('BasketCancelledIntegrationEvent', id, { reason: 'передумал' })])
  await deliver()
  assert.equal(await statusOf(id), 'cancelled')
  await shop.assertNoViolations()
})

test('a cancellation that overtakes the confirmation of its basket wins (DSP-8)', async () => {
  const { grid } = shop.gridOf('c')
  const id = newId()
  await grid.takeMessages([ofC('BasketCancelled', id), ofC('BasketCancelled', id)])
  await deliver()
  await grid.takeMessages([ofC('BasketConfirmed', id, { address, volume: 6 })])
  await deliver()
  assert.equal(await statusOf(id), undefined)
})

test('a completed order stays completed when its basket is cancelled (DSP-8)', async () => {
  const { grid } = shop.gridOf('c')
  await shop.addCourier()
  const id = await shop.addOrder()
  await grid.assignOrders()
  for (let step = 0; step < 20 && (await statusOf(id)) !== 'completed'; step++) await grid.moveCouriers()
  await grid.takeMessages([ofC('BasketCancelled', id)])
  await deliver()
  assert.equal(await statusOf(id), 'completed')
})

test('a malformed message takes no other message with it (DSP-4)', async () => {
  const { grid } = shop.gridOf('b2')
  const [first, last] = [newId(), newId()]
  const outcomes = await grid.takeMessages([
    received(confirmed(first)),
    received(confirmed('basket 7')),
    { ...received({}), bytes: Buffer.from('poison\0') },
    received(confirmed(last)),
  ])
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['known', 'malformed', 'malformed', 'known'],
  )
  await deliver()
  assert.deepEqual([await statusOf(first), await statusOf(last)], ['created', 'created'])
})

test('a message of an unknown name waits for a version that knows it, and delays no other (DSP-6)', async () => {
  const { grid, module } = shop.gridOf('c')
  const [known, later] = [newId(), newId()]
  const unknown = Array.from({ length: 25 }, () => ofC('BasketRenamed', later, { address, volume: 6 }))
  const outcomes = await grid.takeMessages([...unknown, ofC('BasketConfirmed', known, { address, volume: 6 })])
  assert.equal(outcomes.filter(({ kind }) => kind === 'unknown').length, unknown.length)
  const failures = await deliverEvents(shop.db, [module], { collect: true })
  assert.equal(failures.length, unknown.length)
  assert.match(String(failures[0]?.error), /BasketRenamed/)
  assert.equal(
    (failures[0]?.error as { code?: string } | undefined)?.code,
    'unknown-type',
    'it is parked as dead at once',
  )
  assert.equal(await statusOf(known), 'created')
  assert.equal(await statusOf(later), undefined)
})

test('parked messages are tried again when this version knows their name (DSP-6)', async () => {
  const { grid } = shop.gridOf('c')
  const id = newId()
  await grid.takeMessages([ofC('BasketRenamed', newId(), { address, volume: 6 }), ofC('BasketMoved', id)])
  // An older version has parked the message of a name that this version knows.
  const body = Buffer.from(JSON.stringify({ event_type: 'BasketConfirmed', basket_id: id, address, volume: 6 }))
  const parked = { name: 'BasketConfirmed', body: body.toString('base64') }
  await sql`
    update platform.event set data = data || ${JSON.stringify(parked)}::jsonb
    where type = ${messageParked.type} and data->>'name' = 'BasketMoved'`.execute(shop.db)
  await sql`
    insert into platform.parked (consumer_group, event_id, position, day, partition_key, type, state, attempts, error_code)
    select 'dispatch', event_id, id, day, partition_key, type, 'dead', 1, 'unknown-type' from platform.event
    where type = ${messageParked.type}`.execute(shop.db)
  assert.equal(await retryKnownMessages(shop.db), 1)
  const { items } = await deadMessages(shop.db, { group: 'dispatch' })
  assert.ok(items.length >= 1)
  assert.ok(items.every(({ payload }) => (payload as { name: string }).name === 'BasketRenamed'))
  await deliverEvents(shop.db, [shop.module], { collect: true })
  assert.equal(await statusOf(id), 'created')
})

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const anyMessage = fc.record({
  event_type: fc.oneof(fc.constantFrom('BasketConfirmed', 'BasketCancelled', 'BasketRenamed'), anyText),
  basket_id: fc.oneof(fc.uuid(), anyText),
  volume: fc.oneof(fc.constantFrom(1, 10), fc.double()),
  reason: anyText,
  address: fc.record({ street: anyText, city: anyText, house: anyText }),
  delivery_period: fc.option(fc.record({ from: fc.integer(), to: fc.integer() })),
})

test('the database takes what every readable message says, so that none is tried without end (DSP-4)', async () => {
  const { grid } = shop.gridOf('c')
  const messages = fc.sample(anyMessage, 500)
  const outcomes = await grid.takeMessages(messages.map((message) => received(message)))
  assert.ok(outcomes.some(({ kind }) => kind === 'known'))
  assert.ok(outcomes.some(({ kind }) => kind === 'malformed'))
})

test('a geo service that does not answer loses no order (DSP-4, DSP-8)', async () => {
  let isDown = true
  const flaky = await openDispatchTest({
    geo: {
      locate: async () => {
        if (isDown) throw new Error('the geo service is down')
        return { x: 3, y: 4 }
      },
    },
  })
  try {
    const id = newId()
    await flaky.gridOf('b2').grid.takeMessages([received(confirmed(id))])
    await assert.rejects(deliverEvents(flaky.db, [flaky.module]), /down/)
    isDown = false
    await deliverEvents(flaky.db, [flaky.module])
    assert.equal((await flaky.orderRow(id)).status, 'created')
  } finally {
    await flaky.close()
  }
})
