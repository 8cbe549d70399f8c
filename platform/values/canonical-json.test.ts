import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { canonicalJson } from './index.ts'

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inside]) => [name, shuffled(inside)] as const)
      .toReversed(),
  )
}

test('the order of names changes nothing, at any depth (rule 8)', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.equal(canonicalJson(shuffled(value)), canonicalJson(value))
      assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('the order of a list counts, and nothing is the empty text (rule 8)', () => {
  assert.equal(canonicalJson({ b: [2, 1], a: { d: 1, c: undefined } }), '{"a":{"d":1},"b":[2,1]}')
  assert.notEqual(canonicalJson([1, 2]), canonicalJson([2, 1]))
  assert.equal(canonicalJson(undefined), '')
})
