import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Limiter } from '#platform/limits'
import { ratesWith } from '../testing.ts'
import { loginLimitsOf, openLoginLimits, type LoginLimits } from './login-limits.ts'

const few = { count: 3, seconds: 60, burst: 3 }
const many = { count: 1000, seconds: 60, burst: 1000 }
const noon = new Date('2026-11-21T12:00:00Z')
const limitsWith = (rates: Parameters<typeof ratesWith>[0], now = () => noon) =>
  openLoginLimits(ratesWith({ login: many, login_account: many, login_address: many, ...rates }), now)

type Guess = Partial<Parameters<LoginLimits['takeLogin']>[0]>
const guess = (limits: LoginLimits, attempt: Guess = {}) =>
  limits.takeLogin({
    account: 'anna',
    address: '203.0.113.1',
    device_id: undefined,
    isKnownAddress: async () => false,
    ...attempt,
  })

/** The attempts begin before any of them ends, as those of a crowd do. */
async function kindsOf(count: number, take: (i: number) => unknown): Promise<string> {
  const attempts = (await Promise.all(Array.from({ length: count }, (_, i) => take(i)))) as { kind: string }[]
  return attempts.map(({ kind }) => kind).join(' ')
}

test('an account is limited from one address, and not limited from another (ID-2)', async () => {
  const limits = limitsWith({ login: few })
  assert.equal(await kindsOf(4, () => guess(limits)), 'granted granted granted refused')
  assert.equal((await guess(limits, { address: '203.0.113.2' })).kind, 'granted')
})

test('an account is limited over all addresses together (ID-2)', async () => {
  const limits = limitsWith({ login_account: few })
  const kinds = await kindsOf(4, (i) => guess(limits, { address: `203.0.113.${i}` }))
  assert.equal(kinds, 'granted granted granted refused')
})

test('an address is limited over all accounts together, and a /56 of IPv6 is one address (ID-2)', async () => {
  const limits = limitsWith({ login_address: few })
  const kinds = await kindsOf(4, (i) => guess(limits, { account: `victim ${i}`, address: `2001:db8:1:${i}::1` }))
  assert.equal(kinds, 'granted granted granted refused')
  assert.equal((await guess(limits, { address: '2001:db8:1:100::1' })).kind, 'granted')
})

test('a refused address does not use up the attempts of its victim (ID-2)', async () => {
  const limits = limitsWith({ login_account: { ...few, count: 4, burst: 4 }, login_address: few })
  await kindsOf(50, () => guess(limits))
  assert.equal((await guess(limits, { address: '203.0.113.2' })).kind, 'granted')
})

test('a hundred guesses at once get exactly their limit (F-38, ID-2, attack 16)', async () => {
  const limits = limitsWith({ login: few, login_account: { count: 5, seconds: 60, burst: 5 } })
  assert.equal((await kindsOf(100, () => guess(limits))).match(/granted/g)?.length, 3)
  const elsewhere = await kindsOf(100, (i) => guess(limits, { address: `198.51.100.${i}` }))
  assert.equal(elsewhere.match(/granted/g)?.length, 2)
})

test('no quarter of an hour grants more guesses than the rate says (F-42, ID-2)', async () => {
  let moment = noon.getTime()
  const limits = limitsWith({ login: { count: 5, seconds: 900, burst: 3 } }, () => new Date(moment))
  const granted: number[] = []
  for (let second = 0; second < 2 * 3600; second++) {
    moment = noon.getTime() + second * 1000
    if ((await guess(limits)).kind === 'granted') granted.push(second)
  }
  for (const [index, from] of granted.entries()) {
    const inWindow = granted.slice(index).filter((second) => second < from + 900)
    assert.ok(inWindow.length <= 5, `${inWindow.length} guesses from second ${from}: ${inWindow.join(' ')}`)
  }
  assert.deepEqual(granted.slice(0, 5), [0, 1, 2, 300, 600])
})

test('guesses of others lock neither a known device nor a known address out (F-38, ID-2)', async () => {
  const limits = limitsWith({ login: few, login_account: few, login_address: few })
  await kindsOf(100, (i) => guess(limits, { address: `198.51.100.${i}` }))
  assert.equal((await guess(limits)).kind, 'refused', 'an unknown device waits')
  assert.equal((await guess(limits, { device_id: 'phone' })).kind, 'granted')
  assert.equal((await guess(limits, { isKnownAddress: async () => true })).kind, 'granted')
  assert.equal(limits.takePasswordCheck({ user_id: 'anna', session_id: 'session' }).kind, 'granted')
})

test('a known device, a known address and a session have limits of their own (F-38, ID-2)', async () => {
  const limits = limitsWith({ login: few, login_account: { ...few, count: 1, burst: 1 } })
  await guess(limits, { address: '198.51.100.1' })
  const threeOf = (kinds: string) => assert.equal(kinds.match(/granted/g)?.length, 3)
  threeOf(await kindsOf(100, () => guess(limits, { device_id: 'phone' })))
  threeOf(await kindsOf(100, () => guess(limits, { isKnownAddress: async () => true })))
  threeOf(await kindsOf(100, () => limits.takePasswordCheck({ user_id: 'anna', session_id: 'session' })))
  assert.equal((await guess(limits, { device_id: 'laptop' })).kind, 'granted')
})

test('right passwords are bounded, too, per known device, address and session of an account (ID-2, SEC-1)', async () => {
  const ways: ((limits: LoginLimits, i: number) => ReturnType<typeof guess>)[] = [
    (limits, i) => guess(limits, { device_id: `device ${i % 6}` }),
    (limits) => guess(limits),
    async (limits, i) => limits.takePasswordCheck({ user_id: 'anna', session_id: `session ${i % 6}` }),
  ]
  for (const take of ways) {
    const limits = limitsWith({ login: few, login_account: few, login_address: { count: 30, seconds: 60, burst: 30 } })
    const kinds: string[] = []
    for (let i = 0; i < 40; i++) {
      const attempt = await take(limits, i)
      kinds.push(attempt.kind)
      if (attempt.kind === 'granted') attempt.succeed()
    }
    assert.deepEqual([kinds.indexOf('refused'), kinds.lastIndexOf('granted')], [30, 29])
    assert.equal((await guess(limits, { account: 'boris' })).kind, 'granted')
  }
})

test('a right password gives the guess back (ID-2)', async () => {
  const limits = limitsWith({ login: few, login_account: few })
  for (let i = 0; i < 20; i++) {
    const attempt = await guess(limits)
    assert.ok(attempt.kind === 'granted')
    attempt.succeed()
  }
})

test('an attempt whose password was not checked does not count (F-38, ID-3)', async () => {
  const limits = limitsWith({ login: few, login_account: few, login_address: few })
  assert.equal(await kindsOf(2, () => guess(limits)), 'granted granted')
  for (let i = 0; i < 20; i++) {
    const attempt = await guess(limits)
    assert.ok(attempt.kind === 'granted')
    attempt.cancel()
  }
})

test('registrations are limited by address, and the refusal says when to try again (F-55, ID-2)', async () => {
  const limits = limitsWith({ login_address: few })
  const kinds = await kindsOf(3, () => limits.takeRegistration('203.0.113.1'))
  assert.equal(kinds, 'granted granted granted')
  const rate_limit = { limit: 3, remaining: 0, reset: 180 }
  const refused = { kind: 'refused', reason: 'too-many-attempts', retry_after: 60, rate_limit }
  assert.deepEqual(limits.takeRegistration('203.0.113.1'), refused)
  assert.equal((await guess(limits)).kind, 'granted', 'logins have their own count')
})

test('limits that are off grant everything (ID-2)', async () => {
  const limits = openLoginLimits({ kind: 'off' }, () => noon)
  for (let i = 0; i < 200; i++) assert.equal((await guess(limits)).kind, 'granted')
})

test('an attempt that cannot be counted is refused (ID-2)', async () => {
  const broken: Limiter = {
    take: () => {
      throw new Error('no memory')
    },
    giveBack: () => {},
    clear: () => {},
    knows: () => true,
  }
  assert.equal((await guess(loginLimitsOf(broken))).kind, 'refused')
})

test('the program does not start without a rate for logins (ID-2)', () => {
  const limits = { kind: 'on', rates: { default: many } } as const
  assert.throws(() => openLoginLimits(limits, () => noon), /The limit "login" has no rate/)
})
