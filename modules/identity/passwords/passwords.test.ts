import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { weaknessOf } from '../password.ts'
import { hashArgon2id, isMadeWith, owaspCost, verifyArgon2id } from './argon2id.ts'
import { commonPasswords } from './common-passwords.ts'
import { gate } from './gate.ts'
import { openPasswords } from './passwords.ts'

const cheap = { memory: 64, passes: 1, parallelism: 1 }

test('a password fits its own hash and no other (ID-3)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (password, other) => {
      const hash = await hashArgon2id(password, cheap)
      assert.ok(await verifyArgon2id(password, hash))
      assert.equal(await verifyArgon2id(other, hash), other.normalize('NFC') === password.normalize('NFC'))
      assert.ok(isMadeWith(hash, cheap) && !isMadeWith(hash, owaspCost))
    }),
    { numRuns: 30 },
  )
})

test('the same password twice is two hashes, at the cost OWASP asks for (ID-3)', async () => {
  const passwords = openPasswords()
  const [one, other] = [await passwords.hash('tea with jam'), await passwords.hash('tea with jam')]
  assert.ok(one.kind === 'hashed' && other.kind === 'hashed')
  assert.notEqual(one.hash, other.hash)
  assert.match(one.hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.deepEqual(await passwords.verify('tea with jam', other.hash), { kind: 'right', outdated: false })
})

test('a hash made by the reference implementation of Argon2id verifies (ID-3)', async () => {
  // argon2 -id of the reference implementation: password "password", salt "somesalt", t=2 m=64 MiB p=1.
  const known = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'
  assert.ok(await verifyArgon2id('password', known))
  assert.ok(!(await verifyArgon2id('passwort', known)))
})

test('what is no hash fits nothing (ID-3)', async () => {
  const passwords = openPasswords({ cost: cheap })
  for (const hash of ['', 'plain', '$argon2id$v=19$m=64,t=1,p=1$$', '$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAA']) {
    assert.deepEqual(await passwords.verify('plain', hash), { kind: 'wrong' })
  }
})

test('two pass the gate at once, some wait in order, the rest is turned away (ID-3)', async () => {
  const pass = gate({ width: 2, queue: 3 })
  let inside = 0
  let most = 0
  const order: number[] = []
  const work = async (i: number) => {
    most = Math.max(most, ++inside)
    order.push(i)
    await turn()
    inside--
    return i
  }
  const first = Array.from({ length: 8 }, (_, i) => pass(() => work(i)))
  await turn()
  await turn()
  const late = [8, 9].map((i) => pass(() => work(i)))
  const results = (await Promise.all([...first, ...late])).map((end) => end?.result)
  assert.equal(most, 2)
  assert.deepEqual(order, [0, 1, 2, 3, 4, 8, 9])
  assert.deepEqual(results, [0, 1, 2, 3, 4, undefined, undefined, undefined, 8, 9])
  await assert.rejects(pass(() => Promise.reject(new Error('broken'))))
  assert.deepEqual(await pass(() => work(10)), { result: 10 }, 'what breaks inside leaves its place free')
})

test('the list knows what everybody tries first, and nothing too short to be tried (ID-1)', () => {
  assert.ok(commonPasswords.size >= 3000)
  for (const password of ['password', '12345678', 'qwertyuiop', 'пароль123', 'iloveyou'])
    assert.ok(commonPasswords.has(password))
  for (const password of commonPasswords) {
    assert.ok(password.length >= 8 && password === password.toLowerCase(), password)
  }
})

test('long passwords of one’s own are good, whatever characters they have (ID-1)', () => {
  for (const password of ['tea with jam', 'чай с вареньем', '🫖🍓🫖🍓🫖🍓🫖🍓', 'x9'.repeat(64)]) {
    assert.equal(weaknessOf(password, 'anna@example.com', commonPasswords), undefined, password)
  }
  assert.equal(weaknessOf('🫖🍓🫖🍓', 'anna@example.com', commonPasswords), 'password-too-short')
  assert.equal(weaknessOf('Annabella', 'annabella@example.com', new Set()), 'password-too-common')
})
