import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isRefusal, notFound } from './index.ts'

test('a refusal and a not-found are refusals, every other outcome is a success', () => {
  assert.equal(isRefusal({ kind: 'refused', reason: 'sold-out' }), true)
  assert.equal(isRefusal(notFound('tea')), true)
  for (const outcome of [{ kind: 'sold' }, { kind: 'found' }, [], 'refused', 0, null, undefined])
    assert.equal(isRefusal(outcome), false, JSON.stringify(outcome))
})

test('any value can be asked whether it is a refusal', () => {
  fc.assert(fc.property(fc.anything(), (value) => typeof isRefusal(value) === 'boolean'))
})

test('a not-found names the missing thing', () => {
  assert.deepEqual(notFound('tea'), { kind: 'not-found', what: 'tea' })
})
