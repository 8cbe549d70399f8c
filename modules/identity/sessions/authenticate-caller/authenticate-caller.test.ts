import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { after, before, test } from 'node:test'
import { createSigner } from 'fast-jwt'
import { expectProblem, expectResponse, responseOf } from '#platform/testing'
import { after as later, seconds } from '#platform/values'
import { type SignedInView } from '../../schema.ts'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'
import { JsonWebKeySetView } from '../schema.ts'

const pair = generateKeyPairSync('ed25519')
const pem = (key: KeyObject): string => key.export({ type: key.type === 'private' ? 'pkcs8' : 'spki', format: 'pem' })
const retired = generateKeyPairSync('ed25519')
const secret = 'the secret of the shop, of forty characters and more'

type App = IdentityTest & Readonly<{ anna: SignedInView }>
let withSecret: App
let withKeys: App
let time = new Date('2026-11-21T09:00:00Z')
before(async () => {
  const now = () => time
  const withAnna = async (app: IdentityTest) => ({ ...app, anna: await app.signUp('anna@example.com') })
  const machineTokens = { admin: 'the admin token of the shop', internal: 'the bot token of the shop' }
  withSecret = await withAnna(await openIdentityTest({ now, tokens: { keys: { secret } }, machineTokens }))
  const keys = { privateKey: pem(pair.privateKey), previousPublicKeys: [pem(retired.publicKey)] }
  withKeys = await withAnna(await openIdentityTest({ now, tokens: { keys } }))
})
after(async () => {
  await withSecret.close()
  await withKeys.close()
})

const callerOf = (app: IdentityTest, token: string) => app.module.api.authenticate(token)
const keysOf = async (app: IdentityTest) => {
  const path = '/.well-known/jwks.json'
  return expectResponse(responseOf(`GET ${path}`, await app.http.inject(path)), 200, JsonWebKeySetView).keys
}
const decode = (token: string, part: 0 | 1) =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString())
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hs256 = (header: object, claims: unknown, key: string) => {
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}
const header = { alg: 'HS256', typ: 'at+jwt' }

test('an access token has the claims of the specification (ID-5)', async () => {
  const { access_token, user } = withSecret.anna
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
  const facts = { is_verified: false, role: 'customer', permissions: [], locale: 'en' }
  const anna = { kind: 'user', user_id: user.id, email: 'anna@example.com', sid, ...facts }
  assert.deepEqual(await callerOf(withSecret, access_token), anna)
  assert.match(jti, /^[0-9a-f-]{36}$/)
})

test('with keys, tokens are signed with EdDSA and verified by the published keys (ID-5)', async () => {
  const { access_token, user } = withKeys.anna
  const [current, previous, ...others] = await keysOf(withKeys)
  assert.ok(current && previous)
  assert.deepEqual(others, [])
  assert.deepEqual(decode(access_token, 0), { alg: 'EdDSA', typ: 'at+jwt', kid: current.kid })
  for (const key of [current, previous]) {
    assert.deepEqual(Object.keys(key).toSorted(), ['alg', 'crv', 'kid', 'kty', 'use', 'x'], 'no private part')
  }
  const caller = await callerOf(withKeys, access_token)
  assert.ok(caller?.kind === 'user' && caller.user_id === user.id)
  const sign = createSigner({
    key: pem(retired.privateKey),
    algorithm: 'EdDSA',
    header: { alg: 'EdDSA', typ: 'at+jwt', kid: previous.kid },
  })
  assert.ok(await callerOf(withKeys, sign(decode(access_token, 1))), 'the previous key still verifies')
})

test('a shared secret is not published (ID-5)', async () => {
  assert.deepEqual(await keysOf(withSecret), [])
})

test('every known forgery of a token gets 401 (ID-5, attack 1)', async () => {
  const claims = decode(withSecret.anna.access_token, 1)
  const good = hs256(header, claims, secret)
  assert.ok(await callerOf(withSecret, good), 'the forgeries change a valid token')
  const { exp: _, ...withoutExp } = claims
  const forgeries: Record<string, string> = {
    ...Object.fromEntries(
      ['none', 'None', 'NONE', 'nOnE'].map((alg) => [`alg ${alg}`, `${encode({ ...header, alg })}.${encode(claims)}.`]),
    ),
    'no signature': good.replace(/[^.]*$/, ''),
    'another secret': hs256(header, claims, 'another secret'),
    'another typ': hs256({ ...header, typ: 'JWT' }, claims, secret),
    'no typ': hs256({ alg: 'HS256' }, claims, secret),
    'another audience': hs256(header, { ...claims, aud: 'another-shop' }, secret),
    'another issuer': hs256(header, { ...claims, iss: 'another-shop' }, secret),
    'no exp': hs256(header, withoutExp, secret),
    'exp as a string': hs256(header, { ...claims, exp: '9999999999' }, secret),
    'an endless exp': hs256(header, claims, secret).replace(encode(claims), encode({ ...claims, exp: 1e99 })),
    'an endless exp, signed': hs256(header, { ...claims, exp: 1e99 }, secret),
    expired: hs256(header, { ...claims, exp: time.getTime() / 1000 }, secret),
    'an unknown session': hs256(header, { ...claims, sid: '0192f3c4-0000-7000-8000-000000000001' }, secret),
    'the session of another user': hs256(header, { ...claims, sub: '0192f3c4-0000-7000-8000-000000000001' }, secret),
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
  for (const [name, token] of Object.entries(forgeries)) {
    assert.equal(await callerOf(withSecret, token), undefined, name)
    if (token.length > 10_000) continue
    expectProblem(await withSecret.me(token), 401, 'unauthorized')
  }
})

test('no forgery uses a public key as a secret or brings its own key (ID-5, attack 1)', async () => {
  const claims = decode(withKeys.anna.access_token, 1)
  const { kid } = decode(withKeys.anna.access_token, 0)
  const own = generateKeyPairSync('ed25519')
  const jwk = own.publicKey.export({ format: 'jwk' })
  const eddsa = (more: object, key = own.privateKey) =>
    createSigner({ key: pem(key), algorithm: 'EdDSA', header: { alg: 'EdDSA', typ: 'at+jwt', ...more } })(claims)
  assert.ok(await callerOf(withKeys, eddsa({ kid }, pair.privateKey)), 'the forgeries change a valid token')
  const forgeries: Record<string, string> = {
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
    'a token of the other shop': withSecret.anna.access_token,
  }
  for (const [name, token] of Object.entries(forgeries)) assert.equal(await callerOf(withKeys, token), undefined, name)
})

test('a token is valid until it expires and not a second longer, cached or not (ID-5)', async () => {
  const { access_token } = await withSecret.signUp('expiring@example.com')
  assert.ok(await callerOf(withSecret, access_token))
  const then = time
  time = later(time, seconds(899))
  assert.ok(await callerOf(withSecret, access_token))
  time = later(time, seconds(1))
  assert.equal(await callerOf(withSecret, access_token), undefined)
  time = then
})

test('a machine token names its machine, and a similar token does not (ID-15)', async () => {
  assert.deepEqual(await callerOf(withSecret, 'the admin token of the shop'), {
    kind: 'machine',
    name: 'admin',
    permissions: 'all',
  })
  assert.deepEqual(await callerOf(withSecret, 'the bot token of the shop'), {
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
    assert.equal(await callerOf(withSecret, token), undefined)
  }
})

test('a machine token that is not configured is never accepted (ID-15)', async () => {
  for (const token of ['', ' ', 'undefined', 'null']) assert.equal(await callerOf(withKeys, token), undefined)
  const empty = await openIdentityTest({ machineTokens: { admin: '', internal: undefined } })
  assert.equal(await callerOf(empty, ''), undefined)
  assert.equal(await callerOf(empty, 'undefined'), undefined)
  await empty.close()
})

test('a blocked user is refused although the token has not expired (ID-5, ID-14)', async () => {
  const { user, access_token } = await withSecret.signUp('blocked@example.com')
  await withSecret.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  assert.equal(await callerOf(withSecret, access_token), undefined)
})

test('a thousand requests with one token read the account status once (PERF-1)', async () => {
  const { access_token } = await withSecret.signUp('busy@example.com')
  const { sid } = decode(access_token, 1)
  assert.equal((await callerOf(withSecret, access_token))?.kind, 'user')
  const ended = { ended_at: time, end_reason: 'logged_out' }
  await withSecret.db.updateTable('identity.sessions').set(ended).where('id', '=', sid).execute()
  for (let i = 0; i < 1000; i++)
    assert.equal((await callerOf(withSecret, access_token))?.kind, 'user', 'from the cache')
})
