import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { days, hours, minutes } from '#platform/values'
import { isAccepted, maxSteps, nextStateOf, type AttemptResult } from './delivery.ts'

const now = new Date('2026-11-22T09:00:00Z')
const answered = (status: number, retryAfter?: string): AttemptResult => ({ kind: 'response', status, retryAfter })
const pauseAfter = (result: AttemptResult, step: number, chance = 0.5): number | undefined => {
  const next = nextStateOf(result, { step, now, chance })
  return next.status === 'pending' ? next.next_attempt_at.getTime() - now.getTime() : undefined
}

test('a delivery that always fails is tried eight times over more than a day, with growing pauses (CAT-15)', () => {
  const pauses = Array.from({ length: maxSteps }, (_, i) => pauseAfter({ kind: 'failed' }, i + 1))
  assert.equal(pauses.pop(), undefined)
  assert.deepEqual(
    pauses,
    pauses.toSorted((one = 0, other = 0) => one - other),
  )
  const total = pauses.reduce<number>((sum, pause = 0) => sum + pause, 0)
  assert.ok(total > days(1) && total < days(2), `${total / hours(1)} h`)
})

test('exactly the answers from 200 to 299 are accepted (CAT-15)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), fc.integer({ min: 1, max: maxSteps }), (status, step) => {
      const accepted = status >= 200 && status <= 299
      assert.equal(isAccepted(answered(status)), accepted)
      assert.equal(nextStateOf(answered(status), { step, now, chance: 0 }).status === 'delivered', accepted)
    }),
  )
})

test('pauses differ by a fifth, so that a receiver that was away does not get everything at once (CAT-15)', () => {
  const pause = (chance: number) => pauseAfter(answered(500), 2, chance)
  assert.deepEqual([pause(0), pause(0.5), pause(1)], [minutes(4), minutes(5), minutes(6)])
})

test('an overloaded receiver gets the pause that it asks for, ten hours at most (CAT-15)', () => {
  assert.equal(pauseAfter(answered(429, '3600'), 1), hours(1))
  assert.equal(pauseAfter(answered(503, 'Sun, 22 Nov 2026 11:00:00 GMT'), 1), hours(2))
  assert.equal(pauseAfter(answered(429, '999999999'), 1), hours(10))
  for (const nonsense of ['-5', 'soon', '', 'Sun, 22 Nov 2020 11:00:00 GMT', undefined])
    assert.equal(pauseAfter(answered(429, nonsense), 2), minutes(5), String(nonsense))
  assert.equal(pauseAfter(answered(500, '3600'), 2), minutes(5))
})

test('an address that is gone is not tried again (CAT-15)', () => {
  assert.equal(nextStateOf(answered(410), { step: 1, now, chance: 0 }).status, 'failed')
})
