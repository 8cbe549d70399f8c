import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createdAtOf, derivedId, isId, newId } from './id.ts'

test('a derived id is the same at every call, has the time of its origin, and differs by origin and name (PLT-1)', () => {
  const name = fc.constantFrom('payments', 'delivery', 'delivery created')
  fc.assert(
    fc.property(fc.uuid({ version: 7 }), fc.uuid({ version: 7 }), name, name, (one, other, first, second) => {
      const id = derivedId(one, first)
      assert.ok(isId(id) && /^.{14}7.{4}[89ab]/.test(id), id)
      assert.equal(derivedId(one.toUpperCase(), first), id)
      assert.deepEqual(createdAtOf(id), createdAtOf(one))
      assert.notEqual(id, one)
      assert.equal(derivedId(one, second) === id, first === second)
      assert.equal(derivedId(other, first) === id, one === other)
    }),
  )
  assert.equal(new Set(Array.from({ length: 10_000 }, () => derivedId(newId(), 'answer'))).size, 10_000)
})

test('the ids of a process ascend, also within a millisecond (PLT-1)', () => {
  const start = Date.now()
  const ids = Array.from({ length: 20_000 }, newId)
  assert.deepEqual(ids, ids.toSorted())
  assert.equal(new Set(ids).size, ids.length)
  for (const id of [ids[0], ids.at(-1)]) {
    const time = createdAtOf(id ?? '')?.getTime() ?? Number.NaN
    // More than 4096 ids a millisecond take the time of the next one.
    assert.ok(time >= start && time <= Date.now() + 10, `${time}`)
  }
  assert.ok(
    ids.every((id) => isId(id) && /^.{14}7.{4}[89ab]/.test(id)),
    'each is a UUIDv7',
  )
})
