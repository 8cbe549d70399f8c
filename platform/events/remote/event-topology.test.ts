import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, subscribe } from '#platform/events'
import { messageDeadLettered } from '../parking/message-dead-lettered.ts'
import { eventTopologyOf } from './event-topology.ts'

const payload = Type.Object({ id: Type.String() })
const define = (type: `${string}.${string}.v1`) => defineEvent(type, { description: 'Happened.', key: 'id', payload })
const [paid, requested, shipped, offered] = [
  define('payments.payment-captured.v1'),
  define('ordering.payment-requested.v1'),
  define('delivery.shipment-sent.v1'),
  define('dispatch.order-offered.v1'),
]
const on = (...events: (typeof paid)[]) => events.map((event) => subscribe(event, async () => {}))

const ordering = { name: 'ordering', publishes: [requested], subscriptions: on(paid, shipped) }
const payments = { name: 'payments', publishes: [paid], subscriptions: on(requested) }
const delivery = { name: 'delivery', publishes: [shipped], subscriptions: on(requested, offered) }
const dispatch = { name: 'dispatch', publishes: [offered], subscriptions: on(requested, shipped, paid) }

const namesOf = (queues: readonly { name: string }[]) => queues.map(({ name }) => name).toSorted()

test("queues have Flower Shop's names, and names by their modules otherwise (PLT-3)", () => {
  const { topology, own } = eventTopologyOf({ local: [ordering], remote: [[payments], [delivery, dispatch]] }, '')
  assert.deepEqual(namesOf(own), ['ordering_delivery_events', 'ordering_payment_events'])
  assert.deepEqual(namesOf(topology.queues), [
    'delivery_order_events',
    'dispatch_payments_events',
    'ordering_delivery_events',
    'ordering_payment_events',
    'payment_order_events',
  ])
  assert.deepEqual(topology.sources, ['ordering', 'system'])
})

test('a service of several modules has one queue for each module outside, so that the order of a key holds (PLT-3)', () => {
  const { own } = eventTopologyOf({ local: [delivery, dispatch], remote: [[ordering], [payments]] }, 'shop.')
  assert.deepEqual(
    own.map(({ name, source, types }) => [name, source, types]),
    [
      ['shop.delivery_order_events', 'ordering', [requested.type]],
      ['shop.dispatch_payments_events', 'payments', [paid.type]],
    ],
  )
})

test('every service publishes messages of the platform, so a subscriber has a queue for them (PLT-3)', () => {
  const alerts = { name: 'alerts', subscriptions: [subscribe(messageDeadLettered, async () => {})] }
  const { own } = eventTopologyOf({ local: [alerts], remote: [[ordering]] }, '')
  assert.deepEqual(namesOf(own), ['alerts_system_events'])
})
