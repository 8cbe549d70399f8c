import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { backoff } from './backoff.ts'

test('pauses double up to an hour and are spread, so that not all come back at once (PLT-1)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (attempt) => {
      const full = Math.min(3_600_000, 1000 * 2 ** (attempt - 1))
      const pause = backoff(attempt, 1000, 3_600_000)
      assert.ok(pause >= full / 2 && pause <= full)
    }),
  )
})
