import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoff, describe, Undeliverable, verdictOn } from './failure.ts'

const withCode = (code: string) => Object.assign(new Error('x'), { code })
const withStatus = (status: number) => Object.assign(new Error('x'), { status })

test('only what passes by itself is tried again at once (PLT-1)', () => {
  for (const code of ['40001', '40P01', '55P03', '08006', '57P01', 'ECONNRESET']) {
    assert.equal(verdictOn(withCode(code)), 'transient', code)
  }
  for (const status of [408, 425, 429, 500, 503]) assert.equal(verdictOn(withStatus(status)), 'transient', `${status}`)
  for (const error of [withCode('23505'), withStatus(404), new TypeError('bug'), 'text', null, undefined]) {
    assert.equal(verdictOn(error), 'unclear')
  }
  assert.equal(verdictOn(new Error('Connection terminated unexpectedly')), 'transient')
  assert.equal(verdictOn(new Undeliverable('malformed', 'x')), 'permanent')
})

test('pauses double up to an hour and are spread, so that not all come back at once (PLT-1)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (attempt) => {
      const full = Math.min(3_600_000, 1000 * 2 ** (attempt - 1))
      const pause = backoff(attempt, 1000, 3_600_000)
      assert.ok(pause >= full / 2 && pause <= full)
    }),
  )
})

test('whatever was thrown can be written down (PLT-6)', () => {
  assert.deepEqual(describe(withCode('23505')), { code: '23505', text: 'x' })
  assert.deepEqual(describe(new TypeError('a\0b')), { code: 'TypeError', text: 'ab' })
  assert.deepEqual(describe('text'), { code: null, text: 'text' })
  assert.deepEqual(describe(undefined), { code: null, text: 'undefined' })
  assert.equal(describe(new Error('x'.repeat(9999))).text.length, 2000)
})
