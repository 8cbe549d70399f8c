import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { addressKey, openLimiter } from './index.ts'

const checkout = { count: 120, seconds: 60, burst: 60 }

test('sixty orders at once are granted, then two a second (PLT-10)', () => {
  let moment = 0
  const limiter = openLimiter({ kind: 'on', rates: { checkout } }, { name: 'test', now: () => moment })
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
  })
  assert.equal(limiter.take('checkout', 'boris')?.remaining, 59)
  assert.throws(() => limiter.take('unknown', 'anna'), /The limit "unknown" has no rate/)
})

test('no span of time grants more than the burst and the rate (PLT-10)', () => {
  const steps = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 20 }), (waits, burst) => {
      let moment = 0
      const limiter = openLimiter(
        { kind: 'on', rates: { x: { count: 7, seconds: 3, burst } } },
        { name: 'test', now: () => moment },
      )
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

test('an attempt that was given back does not count, and a cleared limit is full (ID-2)', () => {
  const login = { count: 3, seconds: 60, burst: 3 }
  const limiter = openLimiter({ kind: 'on', rates: { login, refresh: login } }, { name: 'test', now: () => 1_000_000 })
  const take = (key = 'anna') => limiter.take('login', key)?.remaining
  assert.deepEqual([take(), take()], [2, 1])
  limiter.giveBack('login', 'anna')
  assert.equal(take(), 1)
  assert.deepEqual([take(), limiter.take('login', 'anna')?.granted], [0, false])
  limiter.clear('login', 'anna')
  assert.equal(take(), 2)
  limiter.giveBack('login', 'boris')
  assert.equal(take('boris'), 2, 'a limit never holds more than its burst')
  assert.equal(limiter.take('refresh', 'anna')?.remaining, 2, 'each limit counts by itself')
})

test('limits that are off grant everything (PLT-10)', () => {
  const limiter = openLimiter({ kind: 'off' }, { name: 'test' })
  assert.deepEqual([limiter.take('login', 'anna'), limiter.knows('login')], [undefined, true])
  limiter.giveBack('login', 'anna')
  limiter.clear('login', 'anna')
})

test('all IPv6 addresses of one /56 are one caller (PLT-10)', () => {
  assert.equal(addressKey('1.2.3.4'), '1.2.3.4')
  assert.equal(addressKey('::ffff:1.2.3.4'), '1.2.3.4')
  assert.equal(addressKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:0::/56')
  assert.equal(addressKey('2001:db8:1:2::1'), addressKey('2001:0DB8:1:2:ffff::'))
  assert.equal(addressKey('::1'), '0:0:0:0::/56')
  assert.equal(addressKey('2001:db8:1:ab00::'), addressKey('2001:db8:1:abff:ffff::1'))
  assert.equal(addressKey('2001:db8:1:ab12::1'), '2001:db8:1:ab00::/56')
  assert.notEqual(addressKey('2001:db8:1:ab00::1'), addressKey('2001:db8:1:ac00::1'))
  assert.notEqual(addressKey('2001:db8:2::1'), addressKey('2001:db8:1::1'))
})

test('made-up keys do not push out a key that is in use (ID-4, PLT-10)', () => {
  const limiter = openLimiter(
    { kind: 'on', rates: { login: { count: 1, seconds: 3600, burst: 1 } } },
    { name: 'test', now: () => 0 },
  )
  const take = (key: string) => limiter.take('login', key)?.granted
  assert.deepEqual([take('anna'), take('boris')], [true, true])
  for (let i = 0; i < 250_000; i++) {
    take(`made up ${i}`)
    if (i % 100_000 === 0) assert.equal(take('anna'), false)
  }
  assert.deepEqual([take('anna'), take('boris')], [false, true])
})
