import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLoginLimits, type LoginRates } from './login-limits.ts'

const few = { count: 3, seconds: 60 }
const many = { count: 1000, seconds: 60 }
const limitsWith = (rates: Extract<LoginRates, { kind: 'on' }>['rates']) =>
  openLoginLimits({ kind: 'on', rates: { login: many, login_account: many, login_address: many, ...rates } })
const kinds = async (count: number, take: (i: number) => Promise<{ kind: string }>) => {
  const seen: string[] = []
  for (let i = 0; i < count; i++) seen.push((await take(i)).kind)
  return seen.join(' ')
}

test('an account is limited from one address, and free from another (ID-2)', async () => {
  const limits = limitsWith({ login: few })
  assert.equal(await kinds(4, () => limits.take('anna', '203.0.113.1')), 'ok ok ok refused')
  assert.equal((await limits.take('anna', '203.0.113.2')).kind, 'ok')
})

test('an account is limited over all addresses together (ID-2)', async () => {
  const limits = limitsWith({ login_account: few })
  assert.equal(await kinds(4, (i) => limits.take('anna', `203.0.113.${i}`)), 'ok ok ok refused')
})

test('an address is limited over all accounts together, and a /64 of IPv6 is one address (ID-2)', async () => {
  const limits = limitsWith({ login_address: few })
  assert.equal(await kinds(4, (i) => limits.take(`victim ${i}`, `2001:db8:1:2::${i}`)), 'ok ok ok refused')
  assert.equal((await limits.take('anna', '2001:db8:1:3::1')).kind, 'ok')
})

test('a refused address does not use up what its victim has left (ID-2)', async () => {
  const limits = limitsWith({ login_account: { count: 4, seconds: 60 }, login_address: few })
  await kinds(50, () => limits.take('anna', '203.0.113.1'))
  assert.equal((await limits.take('anna', '203.0.113.2')).kind, 'ok')
})

test('a hundred guesses at once get no more than their share (ID-2, attack 16)', async () => {
  const limits = limitsWith({ login: few })
  const taken = await Promise.all(Array.from({ length: 100 }, () => limits.take('anna', '203.0.113.1')))
  assert.equal(taken.filter(({ kind }) => kind === 'ok').length, 3)
})

test('a right password gives the attempt back (ID-2)', async () => {
  const limits = limitsWith({ login: few, login_account: few, login_address: few })
  for (let i = 0; i < 20; i++) {
    assert.equal((await limits.take('anna', '203.0.113.1')).kind, 'ok')
    await limits.giveBack('anna', '203.0.113.1')
  }
})

test('registrations are limited by address and say how long to wait (ID-2)', async () => {
  const limits = limitsWith({ login_address: few })
  assert.equal(await kinds(3, () => limits.takeRegistration('203.0.113.1')), 'ok ok ok')
  const refused = await limits.takeRegistration('203.0.113.1')
  assert.ok(refused.kind === 'refused' && refused.retry_after > 50 && refused.retry_after <= 60)
})

test('the usual limits hold where nothing is configured, and none where they are lifted (ID-2)', async () => {
  const usual = openLoginLimits({ kind: 'on', rates: {} })
  assert.equal(await kinds(6, () => usual.take('anna', '203.0.113.1')), 'ok ok ok ok ok refused')
  const none = openLoginLimits({ kind: 'off' })
  for (let i = 0; i < 200; i++) assert.equal((await none.take('anna', '203.0.113.1')).kind, 'ok')
})
