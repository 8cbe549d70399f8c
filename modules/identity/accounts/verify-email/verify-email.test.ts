import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse, statusesOf } from '#platform/testing'
import { after as later, days } from '#platform/values'
import { UserView } from '../../schema.ts'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'

let time = new Date('2026-11-21T09:00:00Z')
let app: IdentityTest
before(async () => {
  app = await openIdentityTest({ now: () => time })
})
after(() => app.close())

const verify = (code: string, token?: string) =>
  app.send('POST /auth/email/verify', { body: { code }, ...(token !== undefined && { token }) })
const isVerified = async (token: string) => expectResponse(await app.me(token), 200, UserView).email_verified

test('registering sends a mail in the language of the request, and its code verifies the mailbox once (ID-13)', async () => {
  const { access_token, user } = await app.signUp('anna@example.com')
  assert.equal(user.email_verified, false)
  const mail = app.mails.findLast(({ to }) => to === 'anna@example.com')
  assert.match(
    mail?.text ?? '',
    /^Hello!\n\nSomeone created an account with a password[^]*https:\/\/shop\.example\/email\/verify#[\w-]{43}\n/,
  )
  const code = await app.codeTo('anna@example.com')
  const verified = expectResponse(await verify(code, access_token), 200)
  assert.deepEqual(verified, { email: 'anna@example.com', password_removed: false })
  assert.equal(await isVerified(access_token), true)
  expectProblem(await verify(code), 404, 'invalid-code')
  assert.deepEqual(await app.eventsOf('identity.email-verified.v1'), [{ user_id: user.id, email: 'anna@example.com' }])
})

test('another mail can be sent until the mailbox is verified (ID-13)', async () => {
  const { access_token: token } = await app.signUp('boris@example.com')
  const first = await app.codeTo('boris@example.com')
  expectResponse(await app.send('POST /auth/email/send', { token }), 204)
  const second = await app.codeTo('boris@example.com')
  assert.notEqual(first, second)
  expectResponse(await verify(second, token), 200)
  expectProblem(await verify(first), 404, 'invalid-code')
  expectProblem(await app.send('POST /auth/email/send', { token }), 409, 'already-verified')
})

test('a proof outside the sessions of the account ends them and removes the password and the addresses of before (ID-13, ORD-11)', async () => {
  const mallory = await app.signUp('nina@example.com')
  const address = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '13' }
  expectResponse(await app.send('POST /auth/me/addresses', { token: mallory.access_token, body: address }), 201)
  const phone = await app.enter('nina@example.com')
  const other = await app.signUp('olga@example.com')
  const code = await app.codeTo('nina@example.com')
  expectProblem(await verify(code, 'a token that has expired'), 401, 'unauthorized')
  const verified = expectResponse(await verify(code, other.access_token), 200)
  assert.deepEqual(verified, { email: 'nina@example.com', password_removed: true })
  for (const { access_token, refresh_token } of [mallory, phone]) {
    expectProblem(await app.me(access_token), 401, 'unauthorized')
    expectProblem(await app.refresh(refresh_token), 401, 'invalid-refresh-token')
  }
  expectProblem(await app.logIn('nina@example.com'), 401, 'wrong-credentials')
  const addresses = app.db.selectFrom('identity.addresses').select('id').where('user_id', '=', mallory.user.id)
  assert.deepEqual(await addresses.execute(), [], 'the goods of the owner go to no other person')
  expectResponse(await app.me(other.access_token), 200)
  const events = await app.eventsOf('identity.email-verified.v1')
  assert.equal(events.filter(({ user_id }) => user_id === mallory.user.id).length, 1)
})

test('a login that races with the proof of a mailbox elsewhere leaves no open session (ID-13, REL-5)', async () => {
  for (let round = 0; round < 5; round++) {
    const email = `login-race-${round}@example.com`
    const { user } = await app.signUp(email)
    const code = await app.codeTo(email)
    await Promise.all([app.logIn(email), verify(code), app.logIn(email)])
    const open = await app.db
      .selectFrom('identity.sessions')
      .select('id')
      .where('user_id', '=', user.id)
      .where('ended_at', 'is', null)
      .execute()
    assert.deepEqual(open, [])
    expectProblem(await app.logIn(email), 401, 'wrong-credentials')
  }
})

test('a code expires after a day, and is no code of another purpose (ID-13)', async () => {
  const { access_token } = await app.signUp('late@example.com')
  const code = await app.codeTo('late@example.com')
  const body = { code, new_password: 'peonies in a blue vase' }
  expectProblem(await app.send('POST /auth/password/reset', { body }), 404, 'invalid-code')
  time = later(time, days(1))
  expectProblem(await verify(code), 404, 'invalid-code')
  const { access_token: again } = await app.enter('late@example.com')
  assert.equal(await isVerified(again), false)
  assert.notEqual(again, access_token)
})

test('of ten clicks at once one verifies, and one event is published (ID-13, REL-5)', async () => {
  const { user } = await app.signUp('crowd@example.com')
  const code = await app.codeTo('crowd@example.com')
  const statuses = statusesOf(await crowd(10, () => verify(code)))
  assert.deepEqual(statuses, [200, ...Array.from({ length: 9 }, () => 404)])
  const events = await app.eventsOf('identity.email-verified.v1')
  assert.equal(events.filter(({ user_id }) => user_id === user.id).length, 1)
})

test('the pages of the links are there, and a program that opens the link verifies nothing (ID-13)', async () => {
  const { access_token } = await app.signUp('page@example.com')
  for (const url of ['/email/verify', '/password/reset']) {
    const { statusCode, headers, body } = await app.http.inject({ url })
    assert.equal(statusCode, 200)
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'sha256-/)
    assert.match(body, new RegExp(`data-action="/api/v1/auth${url}"`))
  }
  assert.equal(await isVerified(access_token), false)
})
