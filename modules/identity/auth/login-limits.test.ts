import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLimiter, type Limiter } from '#platform/limits'
import { ratesWith } from '../testing.ts'
import { openLoginLimits } from './login-limits.ts'

const few = { count: 3, seconds: 60, burst: 3 }
const many = { count: 1000, seconds: 60, burst: 1000 }
const limitsWith = (rates: Parameters<typeof ratesWith>[0]) => {
  const limits = ratesWith({ login: many, login_account: many, login_address: many, ...rates })
  return openLoginLimits(openLimiter(limits, () => 1_000_000))
}
const kindsOf = (count: number, take: (i: number) => { kind: string }) =>
  Array.from({ length: count }, (_, i) => take(i).kind).join(' ')

test('an account is limited from one address, and not limited from another (ID-2)', () => {
  const limits = limitsWith({ login: few })
  assert.equal(
    kindsOf(4, () => limits.takeLogin('anna', '203.0.113.1')),
    'granted granted granted refused',
  )
  assert.equal(limits.takeLogin('anna', '203.0.113.2').kind, 'granted')
})

test('an account is limited over all addresses together (ID-2)', () => {
  const limits = limitsWith({ login_account: few })
  assert.equal(
    kindsOf(4, (i) => limits.takeLogin('anna', `203.0.113.${i}`)),
    'granted granted granted refused',
  )
})

test('an address is limited over all accounts together, and a /64 of IPv6 is one address (ID-2)', () => {
  const limits = limitsWith({ login_address: few })
  assert.equal(
    kindsOf(4, (i) => limits.takeLogin(`victim ${i}`, `2001:db8:1:2::${i}`)),
    'granted granted granted refused',
  )
  assert.equal(limits.takeLogin('anna', '2001:db8:1:3::1').kind, 'granted')
})

test('a refused address does not use up the attempts of its victim (ID-2)', () => {
  const limits = limitsWith({ login_account: { ...few, count: 4, burst: 4 }, login_address: few })
  kindsOf(50, () => limits.takeLogin('anna', '203.0.113.1'))
  assert.equal(limits.takeLogin('anna', '203.0.113.2').kind, 'granted')
})

test('a hundred guesses get no more than their limit (ID-2, attack 16)', () => {
  const limits = limitsWith({ login: few })
  const kinds = kindsOf(100, () => limits.takeLogin('anna', '203.0.113.1'))
  assert.equal(kinds.match(/granted/g)?.length, 3)
})

test('a right password gives the attempt back (ID-2)', () => {
  const limits = limitsWith({ login: few, login_account: few, login_address: few })
  for (let i = 0; i < 20; i++) {
    assert.equal(limits.takeLogin('anna', '203.0.113.1').kind, 'granted')
    limits.giveBackLogin('anna', '203.0.113.1')
  }
})

test('registrations are limited by address, and the refusal says when to try again (ID-2)', () => {
  const limits = limitsWith({ login_address: few })
  assert.equal(
    kindsOf(3, () => limits.takeRegistration('203.0.113.1')),
    'granted granted granted',
  )
  const refused = { kind: 'refused', reason: 'too-many-attempts', retry_after: 20 }
  assert.deepEqual(limits.takeRegistration('203.0.113.1'), refused)
  assert.equal(limits.takeLogin('anna', '203.0.113.1').kind, 'granted', 'logins have their own count')
})

test('limits that are off grant everything (ID-2)', () => {
  const limits = openLoginLimits(openLimiter({ kind: 'off' }))
  for (let i = 0; i < 200; i++) assert.equal(limits.takeLogin('anna', '203.0.113.1').kind, 'granted')
})

test('an attempt that cannot be counted is refused (ID-2)', () => {
  const broken: Limiter = {
    take: () => {
      throw new Error('no memory')
    },
    giveBack: () => {},
    clear: () => {},
    knows: () => true,
  }
  assert.equal(openLoginLimits(broken).takeLogin('anna', '203.0.113.1').kind, 'refused')
})

test('the program does not start without a rate for logins (ID-2)', () => {
  const limiter = openLimiter({ kind: 'on', rates: { default: many } })
  assert.throws(() => openLoginLimits(limiter), /The limit "login" has no rate/)
})
