import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressKey, openLimiter } from './index.ts'

const rate = { count: 120, seconds: 60, burst: 60 }

test('a burst of sixty goes through, then two a second (PLT-10)', () => {
  let moment = 0
  const limiter = openLimiter({ kind: 'on', rates: { checkout: rate } }, () => moment)
  const take = () => limiter.take('checkout', 'anna')?.granted
  assert.equal(Array.from({ length: 100 }, take).filter(Boolean).length, 60)
  moment = 499
  assert.equal(take(), false)
  moment = 500
  assert.deepEqual([take(), take()], [true, false])
  assert.deepEqual(limiter.take('checkout', 'anna'), {
    granted: false,
    limit: 60,
    remaining: 0,
    reset: 30,
    retryAfter: 1,
    fullAt: 30_500,
  })
  assert.equal(limiter.take('checkout', 'boris')?.remaining, 59)
  assert.throws(() => limiter.take('unknown', 'anna'))
})

test('no span of time lets through more than a burst and the rate', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (waits, burst) => {
      let moment = 0
      const limiter = openLimiter({ kind: 'on', rates: { x: { count: 7, seconds: 3, burst } } }, () => moment)
      const granted: number[] = []
      for (const wait of waits) {
        moment += wait
        if (limiter.take('x', 'k')?.granted) granted.push(moment)
      }
      for (const [index, from] of granted.entries()) {
        for (let last = index; last < granted.length; last++) {
          const span = (granted[last] ?? 0) - from
          assert.ok(last - index + 1 <= burst + (span * 7) / 3000 + 0.01)
        }
      }
    }),
  )
})

test('a neighbour of IPv6 is one caller', () => {
  assert.equal(addressKey('1.2.3.4'), '1.2.3.4')
  assert.equal(addressKey('::ffff:1.2.3.4'), '1.2.3.4')
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(addressKey('2001:db8:1:2::1'), addressKey('2001:0DB8:1:2:ffff::'))
  assert.equal(addressKey('::1'), '0:0:0:0::/64')
  assert.notEqual(addressKey('2001:db8:1:3::1'), addressKey('2001:db8:1:2::1'))
})
