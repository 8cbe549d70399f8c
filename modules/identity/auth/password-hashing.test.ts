import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { lengthIssueOf, weaknessOf } from '../password.ts'
import { hasCost, hashArgon2id, owaspCost, verifyArgon2id } from './argon2id.ts'
import { commonPasswords } from './common-passwords.ts'
import { openPasswordHashing } from './password-hashing.ts'

const command = { kind: 'command' } as const
const cheap = { memory: 64, passes: 1, parallelism: 1 }

test('a password fits its own hash and no other (ID-3)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (password, other) => {
      const hash = await hashArgon2id(password, cheap)
      assert.ok(await verifyArgon2id(password, hash))
      assert.equal(await verifyArgon2id(other, hash), other.normalize('NFC') === password.normalize('NFC'))
      assert.ok(hasCost(hash, cheap) && !hasCost(hash, owaspCost))
    }),
    { numRuns: 30 },
  )
})

test('one password has two different hashes, at the cost that OWASP recommends (ID-3)', async () => {
  const passwords = openPasswordHashing()
  const [one, other] = [await passwords.hash('tea with jam', command), await passwords.hash('tea with jam', command)]
  assert.ok(one.kind === 'hashed' && other.kind === 'hashed')
  assert.notEqual(one.hash, other.hash)
  assert.match(one.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.deepEqual(await passwords.verify('tea with jam', other.hash, command), { kind: 'right', outdated: false })
})

test('a hash of the reference implementation of Argon2id verifies (ID-3)', async () => {
  // argon2 -id of the reference implementation: password "password", salt "somesalt", t=2 m=64 MiB p=1.
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  assert.ok(await verifyArgon2id('password', known))
  assert.ok(!(await verifyArgon2id('passwort', known)))
})

test('a malformed hash fits no password (ID-3)', async () => {
  const passwords = openPasswordHashing({ cost: cheap })
  for (const hash of ['', 'plain', '$argon2id$v=19$m=64,t=1,p=1$$', '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA']) {
    assert.deepEqual(await passwords.verify('plain', hash, command), { kind: 'wrong' })
  }
})

test('hashes beyond the queue are refused at once, and the others are made (ID-3)', async () => {
  const passwords = openPasswordHashing({ cost: cheap, concurrency: 2, maxWaiting: 3 })
  const hashes = await Promise.all(Array.from({ length: 8 }, () => passwords.hash('tea with jam', command)))
  const kinds = hashes.map(({ kind }) => kind)
  assert.deepEqual(kinds, ['hashed', 'hashed', 'hashed', 'hashed', 'hashed', 'refused', 'refused', 'refused'])
  assert.equal((await passwords.hash('tea with jam', command)).kind, 'hashed')
})

test('the list has the most common passwords, and none that is too short anyway (ID-1)', () => {
  assert.ok(commonPasswords.size >= 3000)
  for (const password of ['password', '12345678', 'qwertyuiop', 'пароль123', 'iloveyou'])
    assert.ok(commonPasswords.has(password))
  for (const password of commonPasswords) {
    assert.ok(password.length >= 8 && password === password.toLowerCase(), password)
  }
})

test('a long uncommon password is accepted, whatever characters it has (ID-1)', () => {
  for (const password of ['tea with jam', 'чай с вареньем', '🫖🍓🫖🍓🫖🍓🫖🍓', 'x9'.repeat(64)]) {
    assert.equal(weaknessOf(password, 'anna@example.com', commonPasswords), undefined, password)
  }
  assert.equal(lengthIssueOf('🫖🍓🫖🍓'), 'password-too-short')
  assert.equal(weaknessOf('Annabella', 'annabella@example.com', new Set()), 'password-too-common')
})

test('one network gets ten places, and full queues leave places to known clients (ID-2, ID-3)', async () => {
  const passwords = openPasswordHashing({ cost: cheap, concurrency: 1, maxWaiting: 20 })
  const from = (address: string) => ({ kind: 'unknown', address }) as const
  const kindsOf = async (count: number, address: string) =>
    (await Promise.all(Array.from({ length: count }, () => passwords.hash('tea with jam', from(address))))).map(
      ({ kind }) => kind,
    )
  const flood = ['203.0.113.1', '198.51.100.1', '192.0.2.1'].map((address) => kindsOf(12, address))
  const owner = passwords.hash('tea with jam', { kind: 'known', account: 'anna' })
  const newcomer = passwords.hash('tea with jam', from('203.0.114.9'))
  assert.deepEqual([(await owner).kind, (await newcomer).kind], ['hashed', 'refused'])
  const granted = (await Promise.all(flood)).map((kinds) => kinds.filter((kind) => kind === 'hashed').length)
  assert.deepEqual(granted, [10, 10, 1])
  assert.deepEqual(await kindsOf(2, '203.0.113.1'), ['hashed', 'hashed'], 'a network gets its places back')
})

test('one account gets ten places and one hash at a time, and others do not wait for it (ID-2, ID-3)', async () => {
  const passwords = openPasswordHashing({ cost: cheap, concurrency: 1 })
  const of = (account: string) => passwords.hash('tea with jam', { kind: 'known', account })
  let ofMallory = 0
  const flood = Array.from({ length: 30 }, async () => {
    const { kind } = await of('mallory')
    if (kind === 'hashed') ofMallory++
    return kind
  })
  assert.equal((await of('anna')).kind, 'hashed')
  assert.ok(ofMallory <= 2, `${ofMallory} hashes of another account came first`)
  const kinds = await Promise.all(flood)
  assert.equal(kinds.filter((kind) => kind === 'hashed').length, 10)
  assert.equal((await of('mallory')).kind, 'hashed', 'an account gets its places back')
})

test('a newcomer registers after a few hashes, while many known clients sign in without a pause (ID-1, ID-2)', async () => {
  const passwords = openPasswordHashing({ cost: cheap, concurrency: 2 })
  let isOver = false
  let ofFlood = 0
  const signIn = async (account: string) => {
    for (let n = 0; !isOver && n < 200; n++) {
      await passwords.hash('tea with jam', { kind: 'known', account })
      ofFlood++
    }
  }
  const flood = Array.from({ length: 40 }, (_, n) => signIn(`mallory ${n}`))
  const newcomer = await passwords.hash('tea with jam', { kind: 'unknown', address: '203.0.113.9' })
  const before = ofFlood
  isOver = true
  await Promise.all(flood)
  assert.equal(newcomer.kind, 'hashed')
  assert.ok(before <= 6, `${before} hashes of others came before the newcomer's`)
})
