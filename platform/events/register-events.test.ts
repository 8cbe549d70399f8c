import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from 'typebox'
import { defineEvent, hear, registerEvents } from '#platform/events'

const told = (type: string) =>
  defineEvent(type, { describes: 'x', key: 'id', payload: Type.Object({ id: Type.String() }) })
const [placed, paid] = [told('shop.order-placed.v1'), told('bank.order-paid.v1')]
const hearing = (...events: ReturnType<typeof told>[]) => events.map((event) => hear(event, async () => {}))

test('who tells and who hears is known by type (PLT-5)', () => {
  const registry = registerEvents([
    { name: 'shop', tells: [placed], hears: hearing(paid, paid) },
    { name: 'bank', tells: [paid], hears: hearing(placed) },
    { name: 'quiet' },
  ])
  assert.equal(registry.tellerOf('bank.order-paid.v1'), 'bank')
  assert.deepEqual(registry.hearersOf('bank.order-paid.v1'), ['shop'])
  assert.deepEqual(
    registry.groups.map(({ name }) => name),
    ['shop', 'bank'],
  )
  assert.ok(registry.definitions.has('system.message-dead-lettered.v1'))
})

test('a house whose events do not fit together does not start, and says all that is wrong (PLT-5)', () => {
  const build = () =>
    registerEvents([
      { name: 'shop', tells: [placed, placed], hears: hearing(paid) },
      { name: 'shop', tells: [told('bank.order-seen.v1')] },
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
  const registry = registerEvents([{ name: 'shop', hears: hearing(paid) }], [{ name: 'bank', tells: [paid] }])
  assert.deepEqual(registry.hearersOf(paid.type), ['shop'])
})

test('an event that could not be versioned or could not grow is refused where it is defined (PLT-5)', () => {
  assert.throws(() => told('shop.order-placed'), /module.noun-verbed.vN/)
  const strict = Type.Object({ id: Type.String() }, { additionalProperties: false })
  assert.throws(
    () => defineEvent('shop.order-placed.v1', { describes: 'x', key: 'id', payload: strict }),
    /added later/,
  )
  assert.equal(placed.faultOf({ id: 'x', later: 'field' }), undefined)
  assert.match(placed.faultOf({ id: 7 }) ?? '', /id/)
})
