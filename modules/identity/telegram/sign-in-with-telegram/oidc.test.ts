import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  crowd,
  expectProblem,
  expectResponse,
  openLoopbackIssuer,
  responsesOf,
  type TestResponse,
} from '#platform/testing'
import { after as later, days, minutes, seconds } from '#platform/values'
import { LinkView } from '../../linking/schema.ts'
import { SignedInView } from '../../schema.ts'
import { goodPassword, openIdentityTest, type IdentityTest } from '../../testing.ts'
import { TelegramLoginView } from '../schema.ts'

let time = new Date('2026-11-21T09:00:00Z')
let telegram: Awaited<ReturnType<typeof openLoopbackIssuer>>
let app: IdentityTest
before(async () => {
  telegram = await openLoopbackIssuer(() => time)
  const settings = { public_key: '0'.repeat(64), maxAge: days(1), oidc: telegram.settings }
  app = await openIdentityTest({ now: () => time, telegram: settings })
})
after(async () => {
  await app.close()
  await telegram.close()
})

type Login = Readonly<{ cookie: string; answer: { code: string; state: string } }>

/** A browser begins a login, and its person signs in at Telegram. */
async function login(claims: object, purpose: 'sign_in' | 'link' = 'sign_in'): Promise<Login> {
  const begun = await app.send('POST /auth/telegram/oidc/begin', { body: { purpose } })
  const { authorization_url } = expectResponse(begun, 200, TelegramLoginView)
  const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? ''
  return { cookie, answer: telegram.approve(authorization_url, { name: 'Анна Чай', ...claims }) }
}
const finish = ({ cookie, answer }: Login): Promise<TestResponse> =>
  app.send('POST /auth/telegram/oidc', { body: answer, headers: { cookie } })
const signedIn = async (claims: object) => expectResponse(await finish(await login(claims)), 200, SignedInView)

test('a login at Telegram opens the account of the id, whatever its subject is (ID-11)', async () => {
  const { user } = await signedIn({ id: 71 })
  assert.equal(user.name, 'Анна Чай')
  assert.equal((await signedIn({ id: '71', sub: 'opaque-2', name: 'Another' })).user.id, user.id)
  assert.notEqual((await signedIn({ id: 72, sub: '71' })).user.id, user.id)
  await app.assertNoViolations()
})

test('the browser gets a short state, and a cookie that scripts cannot read (ID-11)', async () => {
  const begun = await app.send('POST /auth/telegram/oidc/begin', { body: { purpose: 'sign_in' } })
  const { authorization_url } = expectResponse(begun, 200, TelegramLoginView)
  const query = new URL(authorization_url).searchParams
  assert.match(query.get('state') ?? '', /^[\w-]{24}$/)
  assert.equal(query.get('scope'), 'openid profile')
  assert.match(
    String(begun.headers['set-cookie']),
    /^posad_telegram=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
  )
})

test('a code works once, also when it is sent ten times at once (ID-11, REL-5)', async () => {
  const begun = await login({ id: 73 })
  const statuses = responsesOf(await crowd(10, () => finish(begun))).map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 200).length, 1, statuses.join())
  assert.ok(
    statuses.every((status) => [200, 401].includes(status)),
    statuses.join(),
  )
})

test('a login is finished only by the browser that began it, and within ten minutes (ID-11)', async () => {
  const [mine, other] = [await login({ id: 74 }), await login({ id: 75 })]
  for (const cookie of ['', other.cookie, 'posad_telegram=invented', `${mine.cookie}x`])
    expectProblem(await finish({ ...mine, cookie }), 401, 'login-not-started')
  expectProblem(
    await finish({ ...mine, answer: { ...mine.answer, state: other.answer.state } }),
    401,
    'login-not-started',
  )
  time = later(time, minutes(10) + seconds(1))
  expectProblem(await finish(mine), 401, 'login-not-started')
})

test('a token that Telegram did not sign for this login is refused (ID-11, A1)', async () => {
  const seconds = Math.floor(time.getTime() / 1000)
  const forgeries: Record<string, Parameters<typeof telegram.change>[0]> = {
    'another key': { isForged: true },
    'another issuer': { claims: { iss: 'https://oauth.example' } },
    'another shop': { claims: { aud: '1' } },
    'the nonce of another login': { claims: { nonce: 'other' } },
    'no nonce': { claims: { nonce: undefined } },
    expired: { claims: { iat: seconds - 700, exp: seconds - 100 } },
    'no expiry': { claims: { exp: undefined } },
    'of the future': { claims: { iat: seconds + 300 } },
    'no id': { claims: { id: undefined } },
    'an id that is no number': { claims: { id: 'anna' } },
    'a refused code': { status: 400 },
  }
  for (const [name, forgery] of Object.entries(forgeries)) {
    telegram.change(forgery)
    const response = await finish(await login({ id: 76 }))
    assert.equal(response.status, 401, name)
    expectProblem(response, 401, 'invalid-telegram-data')
  }
  telegram.change({})
  await signedIn({ id: 76 })
})

test('a customer links a Telegram account by the same login, and a code for a sign-in links nothing (ID-11, ID-12)', async () => {
  const { access_token: token, user } = await app.signUp('anna@example.com')
  await app.verify('anna@example.com')
  const link = ({ cookie, answer }: Login) =>
    app.send('POST /auth/link/telegram/oidc', {
      token,
      body: { ...answer, password: goodPassword },
      headers: { cookie },
    })
  expectProblem(await link(await login({ id: 77 })), 401, 'login-not-started')
  const linked = expectResponse(await link(await login({ id: 77 }, 'link')), 200, LinkView)
  assert.equal(linked.status, 'linked')
  assert.equal((await signedIn({ id: 77 })).user.id, user.id)
})

test('while Telegram does not answer, the login is refused for now and can be begun again (ID-11)', async () => {
  telegram.goAway(true)
  const response = await finish(await login({ id: 78 }))
  assert.equal(response.status, 503)
  telegram.goAway(false)
  await signedIn({ id: 78 })
})

test('a shop without a client secret has no such login (ID-11)', async () => {
  const without = await openIdentityTest()
  try {
    const begun = await without.send('POST /auth/telegram/oidc/begin', { body: { purpose: 'sign_in' } })
    expectProblem(begun, 409, 'telegram-off')
    const finished = await without.send('POST /auth/telegram/oidc', { body: { code: 'code', state: 'state' } })
    expectProblem(finished, 409, 'telegram-off')
  } finally {
    await without.close()
  }
})
