import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, responsesOf, statusesOf } from '#platform/testing'
import { after as later, days, seconds } from '#platform/values'
import { TokenPairView, UserView } from '../../schema.ts'
import { openIdentityTest, raceForLock, ratesWith, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
let time = new Date('2026-11-21T09:00:00Z')
const now = () => time
const pass = (milliseconds: number) => {
  time = later(time, milliseconds)
}
before(async () => {
  app = await openIdentityTest({ now, statusTtl: 1 })
})
after(() => app.close())

const refreshed = async (refresh_token: string) => expectResponse(await app.refresh(refresh_token), 200, TokenPairView)
const expectInvalid = async (refresh_token: string) =>
  expectProblem(await app.refresh(refresh_token), 401, 'invalid-refresh-token')
const lockOf = (user_id: string) => sql`select from identity.sessions where user_id = ${user_id} for update`
const reuse = 'identity.refresh-reuse-detected.v1'

test('a refresh token gives the next pair, again and again (ID-6)', async () => {
  let { refresh_token } = await app.signUp('anna@example.com')
  for (let i = 0; i < 5; i++) {
    pass(seconds(900))
    const next = await refreshed(refresh_token)
    assert.deepEqual(Object.keys(next).toSorted(), ['access_token', 'expires_in', 'refresh_token'])
    assert.notEqual(next.refresh_token, refresh_token)
    assert.equal(expectResponse(await app.me(next.access_token), 200, UserView).email, 'anna@example.com')
    refresh_token = next.refresh_token
  }
  await app.assertNoViolations()
})

test('fifty uses of one refresh token at once get the same successor (ID-6, REL-5)', async () => {
  const { user, refresh_token } = await app.signUp('fifty@example.com')
  const ends = await raceForLock(app, { lock: lockOf(user.id), waiting: 7 }, () =>
    crowd(50, () => app.refresh(refresh_token)),
  )
  const successors = responsesOf(ends).map((response) => expectResponse(response, 200, TokenPairView).refresh_token)
  assert.equal(new Set(successors).size, 1)
  await app.assertNoViolations()
  await refreshed(successors[0] ?? '')
})

test('without a grace one of fifty wins, and the copies end the session (ID-6, REL-5)', async () => {
  const strict = await openIdentityTest({ refreshGrace: 0 })
  try {
    const { user, refresh_token, access_token } = await strict.signUp('fifty@example.com')
    const ends = await raceForLock(strict, { lock: lockOf(user.id), waiting: 7 }, () =>
      crowd(50, () => strict.refresh(refresh_token)),
    )
    assert.deepEqual(statusesOf(ends), [200, ...Array.from({ length: 49 }, () => 401)])
    assert.equal((await strict.eventsOf(reuse)).length, 1)
    expectProblem(await strict.me(access_token), 401, 'unauthorized')
  } finally {
    await strict.close()
  }
})

test('a lost response can be repeated for ten seconds: it has the same successor (ID-6)', async () => {
  const { refresh_token } = await app.signUp('lost@example.com')
  const lost = await refreshed(refresh_token)
  pass(seconds(10))
  assert.equal((await refreshed(refresh_token)).refresh_token, lost.refresh_token)
})

test('a used token that comes later ends the whole session and publishes an event (ID-6)', async () => {
  const { user, refresh_token } = await app.signUp('stolen@example.com')
  const owner = await refreshed(refresh_token)
  pass(seconds(11))
  await expectInvalid(refresh_token)
  await expectInvalid(owner.refresh_token)
  expectProblem(await app.me(owner.access_token), 401, 'unauthorized')
  const sessions = app.db.selectFrom('identity.sessions').select(['id', 'end_reason']).where('user_id', '=', user.id)
  const session = await sessions.executeTakeFirstOrThrow()
  assert.equal(session.end_reason, 'refresh_token_reused')
  const events = (await app.eventsOf(reuse)).filter(({ user_id }) => user_id === user.id)
  assert.deepEqual(events, [{ user_id: user.id, session_id: session.id }])
  await app.enter('stolen@example.com')
})

test('a session is refreshed thirty times a minute at most; after a wait it goes on (ID-6)', async () => {
  const limits = ratesWith({ refresh: { count: 3, seconds: 1, burst: 3 } })
  const limited = await openIdentityTest({ now, limits })
  try {
    let { refresh_token } = await limited.signUp('eager@example.com')
    const next = async () => {
      const response = await limited.refresh(refresh_token)
      ;({ refresh_token } = expectResponse(response, 200, TokenPairView))
    }
    for (let i = 0; i < 3; i++) await next()
    const refused = await limited.refresh(refresh_token)
    expectProblem(refused, 429, 'too-many-attempts')
    assert.equal(refused.headers['retry-after'], '1')
    pass(seconds(1))
    await next()
  } finally {
    await limited.close()
  }
})

test('a thief who uses up the refreshes of a session is detected all the same (F-42, ID-6)', async () => {
  const limits = ratesWith({ refresh: { count: 1, seconds: 3600, burst: 1 } })
  const limited = await openIdentityTest({ now, limits })
  try {
    const { refresh_token } = await limited.signUp('stolen@example.com')
    const successor = expectResponse(await limited.refresh(refresh_token), 200, TokenPairView)
    pass(seconds(11))
    expectProblem(await limited.refresh(refresh_token), 401, 'invalid-refresh-token')
    expectProblem(await limited.refresh(successor.refresh_token), 401, 'invalid-refresh-token')
    expectProblem(await limited.me(successor.access_token), 401, 'unauthorized')
  } finally {
    await limited.close()
  }
})

test('a used token is stolen, within the grace too, once its successor is used (ID-6)', async () => {
  const { refresh_token } = await app.signUp('quick@example.com')
  const second = await refreshed(refresh_token)
  const third = await refreshed(second.refresh_token)
  await expectInvalid(refresh_token)
  await expectInvalid(third.refresh_token)
})

test('a theft does not end the session of another device (ID-6)', async () => {
  const { refresh_token } = await app.signUp('devices@example.com')
  const phone = await app.enter('devices@example.com')
  await refreshed(refresh_token)
  pass(seconds(60))
  await expectInvalid(refresh_token)
  await refreshed(phone.refresh_token)
})

test('no session lives longer than a fortnight, however often it is refreshed (ID-6)', async () => {
  let { refresh_token } = await app.signUp('fortnight@example.com')
  for (let day = 0; day < 13; day++) {
    pass(days(1))
    ;({ refresh_token } = await refreshed(refresh_token))
  }
  pass(days(1) - seconds(60))
  const last = await refreshed(refresh_token)
  assert.equal(last.expires_in, 60, 'no access token outlives its session')
  pass(seconds(60))
  await expectInvalid(last.refresh_token)
})

test('a refresh token of a blocked user is refused (attack 2)', async () => {
  const { user, refresh_token } = await app.signUp('blocked@example.com')
  await app.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  await expectInvalid(refresh_token)
})

test('no row of the database can be used to sign in (ID-6)', async () => {
  const { refresh_token } = await app.signUp('secret@example.com')
  const next = await refreshed(refresh_token)
  const rows = await app.db.selectFrom('identity.refresh_tokens').selectAll().execute()
  for (const { hash, successor_salt } of rows) {
    for (const bytes of [hash, successor_salt].filter(Boolean)) {
      const text = bytes.toString('base64url')
      assert.ok(![refresh_token, next.refresh_token].includes(text))
      await expectInvalid(text)
    }
  }
})

for (const [name, body, status, code] of [
  ['nothing', {}, 400, 'validation-failed'],
  ['an endless token', { refresh_token: 'x'.repeat(1000) }, 400, 'validation-failed'],
  ['an empty token', { refresh_token: '' }, 400, 'validation-failed'],
  ['an unknown field', { refresh_token: 'x', user_id: 'y' }, 400, 'validation-failed'],
  ['an invented token', { refresh_token: 'c3VyZWx5IG5vdCBhIHRva2VuIG9mIG91cnMhISEhISE' }, 401, 'invalid-refresh-token'],
  ['a zero byte', { refresh_token: '\0' }, 400, 'validation-failed'],
] as const) {
  test(`refreshing with ${name} is refused with ${status} (ID-6)`, async () => {
    expectProblem(await app.send('POST /auth/refresh', { body }), status, code)
  })
}

test('an expired access token in the header does not prevent a refresh (ID-6)', async () => {
  const { access_token, refresh_token } = await app.signUp('late@example.com')
  pass(seconds(901))
  expectProblem(await app.me(access_token), 401, 'unauthorized')
  const response = await app.send('POST /auth/refresh', { token: access_token, body: { refresh_token } })
  expectResponse(response, 200, TokenPairView)
})

test('an access token is no refresh token, and a refresh token is no access token (attack 1)', async () => {
  const { access_token, refresh_token } = await app.signUp('mixed@example.com')
  expectProblem(await app.refresh(access_token), 400, 'validation-failed')
  expectProblem(await app.me(refresh_token), 401, 'unauthorized')
})
