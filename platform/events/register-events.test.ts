import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, registerEvents, subscribe } from '#platform/events'

const eventOf = (type: string) =>
  defineEvent(type, { description: 'x', key: 'id', payload: Type.Object({ id: Type.String() }) })
const [placed, paid] = [eventOf('shop.order-placed.v1'), eventOf('bank.order-paid.v1')]
const subscriptionsTo = (...events: ReturnType<typeof eventOf>[]) =>
  events.map((event) => subscribe(event, async () => {}))

test('publisher and subscribers are known by event type (PLT-5)', () => {
  const registry = registerEvents([
    { name: 'shop', publishes: [placed], subscriptions: subscriptionsTo(paid, paid) },
    { name: 'bank', publishes: [paid], subscriptions: subscriptionsTo(placed) },
    { name: 'quiet' },
  ])
  assert.equal(registry.publisherOf('bank.order-paid.v1'), 'bank')
  assert.deepEqual(registry.subscribersOf('bank.order-paid.v1'), ['shop'])
  assert.deepEqual(
    registry.groups.map(({ name }) => name),
    ['shop', 'bank'],
  )
  assert.ok(registry.definitions.has('system.message-dead-lettered.v1'))
})

test('the shop does not start with events that do not fit together, and lists every mistake (PLT-5)', () => {
  const build = () =>
    registerEvents([
      { name: 'shop', publishes: [placed, placed], subscriptions: subscriptionsTo(paid) },
      { name: 'shop', publishes: [eventOf('bank.order-seen.v1')] },
    ])
  assert.throws(build, (error: Error) => {
    for (const issue of [
      'shop.order-placed.v1 is defined twice',
      'two modules are called shop',
      'shop subscribes to bank.order-paid.v1, which no module publishes',
      'shop publishes bank.order-seen.v1, which carries the name of another module',
    ]) {
      assert.ok(error.message.includes(issue), `${error.message} lacks: ${issue}`)
    }
    return true
  })
})

test('a module may subscribe to the events of another process (PLT-14)', () => {
  const registry = registerEvents(
    [{ name: 'shop', subscriptions: subscriptionsTo(paid) }],
    [{ name: 'bank', publishes: [paid] }],
  )
  assert.deepEqual(registry.subscribersOf(paid.type), ['shop'])
})

test('an event without a version, or whose schema refuses new fields, cannot be defined (PLT-5)', () => {
  assert.throws(() => eventOf('shop.order-placed'), /module.noun-verbed.vN/)
  const strict = Type.Object({ id: Type.String() }, { additionalProperties: false })
  assert.throws(
    () => defineEvent('shop.order-placed.v1', { description: 'x', key: 'id', payload: strict }),
    /added later/,
  )
  assert.equal(placed.issueOf({ id: 'x', later: 'field' }), undefined)
  assert.match(placed.issueOf({ id: 7 }) ?? '', /id/)
})
