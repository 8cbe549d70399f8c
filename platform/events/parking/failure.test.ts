import assert from 'node:assert/strict'
import { test } from 'node:test'
import { classify, describeError, Undeliverable } from './failure.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })
const withStatus = (status: number) => Object.assign(new Error('x'), { status })

test('only a failure that passes by itself is tried again at once (PLT-1)', () => {
  for (const code of ['40001', '40P01', '55P03', '08006', '57P01', 'ECONNRESET']) {
    assert.equal(classify(withCode(code)), 'transient', code)
  }
  for (const status of [408, 425, 429, 500, 503]) assert.equal(classify(withStatus(status)), 'transient', `${status}`)
  for (const error of [withCode('23505'), withStatus(404), new TypeError('bug'), 'text', null, undefined]) {
    assert.equal(classify(error), 'unclear')
  }
  assert.equal(classify(new Error('Connection terminated unexpectedly')), 'transient')
  assert.equal(classify(new Undeliverable('malformed', 'x')), 'permanent')
})

test('an operator can read every error, whatever the handler has thrown (PLT-6)', () => {
  assert.deepEqual(describeError(withCode('23505')), { code: '23505', text: 'x' })
  assert.deepEqual(describeError(new TypeError('a\0b')), { code: 'TypeError', text: 'ab' })
  assert.deepEqual(describeError('text'), { code: null, text: 'text' })
  assert.deepEqual(describeError(undefined), { code: null, text: 'undefined' })
  assert.equal(describeError(new Error('x'.repeat(9999))).text.length, 2000)
})
