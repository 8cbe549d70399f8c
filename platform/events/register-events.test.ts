import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, subscribe, registerEvents } from '#platform/events'

const told = (type: string) =>
  defineEvent(type, { description: 'x', key: 'id', payload: Type.Object({ id: Type.String() }) })
const [placed, paid] = [told('shop.order-placed.v1'), told('bank.order-paid.v1')]
const hearing = (...events: ReturnType<typeof told>[]) => events.map((event) => subscribe(event, async () => {}))

test('who tells and who hears is known by type (PLT-5)', () => {
  const registry = registerEvents([
    { name: 'shop', publishes: [placed], subscriptions: hearing(paid, paid) },
    { name: 'bank', publishes: [paid], subscriptions: hearing(placed) },
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

test('a house whose events do not fit together does not start, and says all that is wrong (PLT-5)', () => {
  const build = () =>
    registerEvents([
      { name: 'shop', publishes: [placed, placed], subscriptions: hearing(paid) },
      { name: 'shop', publishes: [told('bank.order-seen.v1')] },
    ])
  assert.throws(build, (error: Error) => {
    for (const fault of [
      'shop.order-placed.v1 is defined twice',
      'two modules are called shop',
      'shop hears bank.order-paid.v1, which nobody tells',
      'shop tells bank.order-seen.v1, which bears another name',
    ]) {
      assert.ok(error.message.includes(fault), `${error.message} lacks: ${fault}`)
    }
    return true
  })
})

test('what a service of its own tells may be heard here (PLT-14)', () => {
  const registry = registerEvents(
    [{ name: 'shop', subscriptions: hearing(paid) }],
    [{ name: 'bank', publishes: [paid] }],
  )
  assert.deepEqual(registry.subscribersOf(paid.type), ['shop'])
})

test('an event that could not be versioned or could not grow is refused where it is defined (PLT-5)', () => {
  assert.throws(() => told('shop.order-placed'), /module.noun-verbed.vN/)
  const strict = Type.Object({ id: Type.String() }, { additionalProperties: false })
  assert.throws(
    () => defineEvent('shop.order-placed.v1', { description: 'x', key: 'id', payload: strict }),
    /added later/,
  )
  assert.equal(placed.faultOf({ id: 'x', later: 'field' }), undefined)
  assert.match(placed.faultOf({ id: 7 }) ?? '', /id/)
})
