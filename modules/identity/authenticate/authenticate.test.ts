import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createSigner } from 'fast-jwt'
import { after as later, seconds } from '#platform/values'
import { openIdentity, type Opened, type SignedUp } from '../testing.ts'

const pair = generateKeyPairSync('ed25519')
const pem = (key: KeyObject): string => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' })
const retired = generateKeyPairSync('ed25519')
const secret = 'the secret of the shop, of forty characters and more'

type App = Opened & Readonly<{ anna: SignedUp }>
let shared: App
let keyLocal: App
let time = new Date('2026-11-21T09:00:00Z')
before(async () => {
  const now = () => time
  const settle = async (house: Opened) => ({ ...house, anna: await house.signUp('anna@example.com') })
  const machineTokens = { admin: 'the admin token of the shop', internal: 'the bot token of the shop' }
  shared = await settle(await openIdentity({ now, tokens: { keys: { secret } }, machineTokens }))
  const keys = { privateKey: pem(pair.privateKey), previousPublicKeys: [pem(retired.publicKey)] }
  keyLocal = await settle(await openIdentity({ now, tokens: { keys } }))
})
after(async () => {
  await shared.close()
  await keyLocal.close()
})

const whoIs = (house: Opened, token: string) => house.module.api.authenticate(token)
const decode = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hs256 = (header: object, claims: unknown, key: string) => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}
const header = { alg: 'HS256', typ: 'at+jwt' }

test('an access token says what the specification says (ID-5)', async () => {
  const { access_token, user } = shared.anna
  assert.deepEqual(decode(access_token, 0), header)
  const { sid, jti, ...claims } = decode(access_token, 1)
  const iat = time.getTime() / 1000
  assert.deepEqual(claims, {
    sub: user.id,
    user_id: user.id,
    email: 'anna@example.com',
    role: 'customer',
    roles: ['customer'],
    permissions: [],
    is_superadmin: false,
    locale: 'en',
    iat,
    exp: iat + 900,
    iss: 'posad',
    aud: 'posad',
  })
  const facts = { role: 'customer', permissions: [], locale: 'en' }
  const anna = { kind: 'user', user_id: user.id, email: 'anna@example.com', sid, ...facts }
  assert.deepEqual(await whoIs(shared, access_token), anna)
  assert.match(jti, /^[0-9a-f-]{36}$/)
})

test('with keys, tokens are signed with EdDSA and verified by the published keys (ID-5)', async () => {
  const { access_token, user } = keyLocal.anna
  const answer = await keyLocal.http.inject('/.well-known/jwks.json')
  const { keys } = answer.json()
  assert.equal(keys.length, 2)
  assert.deepEqual(decode(access_token, 0), { alg: 'EdDSA', typ: 'at+jwt', kid: keys[0].kid })
  assert.ok(
    keys.every((key: object) => !('d' in key)),
    'no private part',
  )
  assert.deepEqual(Object.keys(keys[0]).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  const caller = await whoIs(keyLocal, access_token)
  assert.ok(caller?.kind === 'user' && caller.user_id === user.id)
  const kid = keys[1].kid
  const sign = createSigner({
    key: pem(retired.privateKey),
    algorithm: 'EdDSA',
    header: { alg: 'EdDSA', typ: 'at+jwt', kid },
  })
  assert.ok(await whoIs(keyLocal, sign(decode(access_token, 1))), 'the key before the last one still verifies')
})

test('a shared secret is published nowhere (ID-5)', async () => {
  assert.deepEqual((await shared.http.inject('/.well-known/jwks.json')).json(), { keys: [] })
})

test('every known trick with a token ends in 401 (ID-5, attack 1)', async () => {
  const claims = decode(shared.anna.access_token, 1)
  const good = hs256(header, claims, secret)
  assert.ok(await whoIs(shared, good), 'what the tricks start from is good')
  const { exp: _, ...everlasting } = claims
  const tricks: Record<string, string> = {
    ...Object.fromEntries(
      ['none', 'None', 'NONE', 'nOnE'].map((alg) => [`alg ${alg}`, `${encode({ ...header, alg })}.${encode(claims)}.`]),
    ),
    'no signature': good.replace(/[^.]*$/, ''),
    'another secret': hs256(header, claims, 'another secret'),
    'another typ': hs256({ ...header, typ: 'JWT' }, claims, secret),
    'no typ': hs256({ alg: 'HS256' }, claims, secret),
    'another audience': hs256(header, { ...claims, aud: 'shop-of-a-stranger' }, secret),
    'another issuer': hs256(header, { ...claims, iss: 'stranger' }, secret),
    'no exp': hs256(header, everlasting, secret),
    'exp as a string': hs256(header, { ...claims, exp: '9999999999' }, secret),
    'exp in eternity': hs256(header, claims, secret).replace(encode(claims), encode({ ...claims, exp: 1e99 })),
    'exp in eternity, signed': hs256(header, { ...claims, exp: 1e99 }, secret),
    expired: hs256(header, { ...claims, exp: time.getTime() / 1000 }, secret),
    'the session of nobody': hs256(header, { ...claims, sid: '0192f3c4-0000-7000-8000-000000000001' }, secret),
    'the session of another': hs256(header, { ...claims, sub: '0192f3c4-0000-7000-8000-000000000001' }, secret),
    'sql for a session': hs256(header, { ...claims, sid: "' or 1=1 --" }, secret),
    'dashes for a session': hs256(header, { ...claims, sid: '-'.repeat(36) }, secret),
    'claims that are a list': hs256(header, [claims], secret),
    'a critical extension': hs256({ ...header, crit: ['exp'] }, claims, secret),
    'a trailing dot': `${good}.`,
    'a changed payload': good.replace(encode(claims), encode({ ...claims, role: 'admin' })),
    'a megabyte': `${good}${'A'.repeat(1_000_000)}`,
    nonsense: 'nonsense',
    dots: '..',
  }
  for (const [trick, token] of Object.entries(tricks)) {
    assert.equal(await whoIs(shared, token), undefined, trick)
    if (token.length > 10_000) continue
    assert.equal((await shared.get('me', token)).statusCode, 401, trick)
  }
})

test('no trick turns a public key into a secret or brings its own key (ID-5, attack 1)', async () => {
  const claims = decode(keyLocal.anna.access_token, 1)
  const { kid } = decode(keyLocal.anna.access_token, 0)
  const own = generateKeyPairSync('ed25519')
  const jwk = own.publicKey.export({ format: 'jwk' })
  const eddsa = (more: object, key = own.privateKey) =>
    createSigner({ key: pem(key), algorithm: 'EdDSA', header: { alg: 'EdDSA', typ: 'at+jwt', ...more } })(claims)
  assert.ok(await whoIs(keyLocal, eddsa({ kid }, pair.privateKey)), 'what the tricks start from is good')
  const tricks: Record<string, string> = {
    'HS256 by the public key': hs256({ ...header, kid }, claims, pem(pair.publicKey)),
    'HS256 by the public key as JWK': hs256({ ...header, kid }, claims, JSON.stringify(jwk)),
    'an own key under our id': eddsa({ kid }),
    'an own key in the header': eddsa({ kid, jwk }),
    'an own key, no id': eddsa({ jwk }),
    'an own key at an address': eddsa({ kid: 'x', jku: 'http://127.0.0.1:9/jwks.json' }),
    'a certificate at an address': eddsa({ kid, x5u: 'http://127.0.0.1:9/x.pem' }),
    'a path for an id': eddsa({ kid: '../../dev/null' }),
    'sql for an id': eddsa({ kid: "x' union select 'key" }),
    'a property of objects for an id': eddsa({ kid: 'constructor' }),
    'no id': eddsa({}, pair.privateKey),
    'ES256 with r = s = 0': `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode(claims)}.${Buffer.alloc(64).toString('base64url')}`,
    'EdDSA of zeros': `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid })}.${encode(claims)}.${Buffer.alloc(64).toString('base64url')}`,
    'a token of the other shop': shared.anna.access_token,
  }
  for (const [trick, token] of Object.entries(tricks)) assert.equal(await whoIs(keyLocal, token), undefined, trick)
})

test('a token is good until it expires and not a second longer, known or not (ID-5)', async () => {
  const { access_token } = await shared.signUp('expiring@example.com')
  assert.ok(await whoIs(shared, access_token))
  const then = time
  time = later(time, seconds(899))
  assert.ok(await whoIs(shared, access_token))
  time = later(time, seconds(1))
  assert.equal(await whoIs(shared, access_token), undefined)
  time = then
})

test('machine tokens are what they are, and nothing similar is (ID-15)', async () => {
  assert.deepEqual(await whoIs(shared, 'the admin token of the shop'), {
    kind: 'machine',
    name: 'admin',
    permissions: 'all',
  })
  assert.deepEqual(await whoIs(shared, 'the bot token of the shop'), {
    kind: 'machine',
    name: 'internal',
    permissions: [],
  })
  for (const token of [
    '',
    'the admin token of the sho',
    'the admin token of the shop ',
    'The admin token of the shop',
  ]) {
    assert.equal(await whoIs(shared, token), undefined)
  }
})

test('a machine token that is not configured lets nobody in (ID-15)', async () => {
  for (const token of ['', ' ', 'undefined', 'null']) assert.equal(await whoIs(keyLocal, token), undefined)
  const empty = await openIdentity({ machineTokens: { admin: '', internal: undefined } })
  assert.equal(await whoIs(empty, ''), undefined)
  assert.equal(await whoIs(empty, 'undefined'), undefined)
  await empty.close()
})

test('somebody blocked is out although his token is still good (ID-5, ID-14)', async () => {
  const { user, access_token } = await shared.signUp('blocked@example.com')
  await shared.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  assert.equal(await whoIs(shared, access_token), undefined)
})

test('asking a thousand times who somebody is asks the database once (PERF-1)', async () => {
  const { access_token } = await shared.signUp('busy@example.com')
  const { sid } = decode(access_token, 1)
  assert.equal((await whoIs(shared, access_token))?.kind, 'user')
  const ended = { ended_at: time, ended_because: 'logged-out' }
  await shared.db.updateTable('identity.sessions').set(ended).where('id', '=', sid).execute()
  for (let i = 0; i < 1000; i++) assert.equal((await whoIs(shared, access_token))?.kind, 'user', 'believed for a while')
})
