import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse, responsesOf } from '#platform/testing'
import { after as later, minutes, seconds } from '#platform/values'
import { goodPassword, openMergeTest, type MergeTest } from '../../testing.ts'
import { LinkView } from '../schema.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
})
after(() => app.close())

test('a customer with an e-mail adds a free Telegram account, and it signs in from then on (ID-12)', async () => {
  const { access_token: token, user } = await app.signUpVerified('anna@example.com')
  const linked = expectResponse(await app.linkTelegram(token, 11), 200, LinkView)
  assert.deepEqual(linked, { status: 'linked', merge: null })
  assert.equal((await app.signInWithTelegram(11)).user.id, user.id)
  await app.assertNoViolations()
})

test('an account whose mailbox was never proven adds nothing but that mailbox (ID-12)', async () => {
  const { access_token: token } = await app.signUp('claimed@example.com')
  expectProblem(await app.linkTelegram(token, 17), 409, 'email-not-verified')
  expectProblem(await app.requestCode(token, 'second@example.com', goodPassword), 409, 'email-not-verified')
  assert.ok(!app.mails.some(({ to }) => to === 'second@example.com'))
  expectResponse(await app.linkEmail(token, 'claimed@example.com', goodPassword), 200)
  expectResponse(await app.linkTelegram(token, 17), 200)
})

test('linking what is linked changes nothing (ID-12)', async () => {
  const { access_token: token, user } = await app.signInWithTelegram(12)
  app.advance(seconds(1))
  expectResponse(await app.linkTelegram(token, 12), 200, LinkView)
  const events = await app.eventsOf('identity.identity-linked.v1')
  assert.ok(events.every(({ user_id }) => user_id !== user.id))
})

test('data that Telegram signed long ago signs in, but links nothing (ID-12)', async () => {
  const { access_token: token } = await app.signUp('old@example.com')
  const at = later(app.now(), -minutes(10) - seconds(1))
  expectProblem(await app.linkTelegram(token, 13, { at }), 401, 'telegram-data-expired')
})

test('the same data links once, also for another user (ID-12)', async () => {
  const anna = await app.signUpVerified('once@example.com')
  const boris = await app.signUp('boris@example.com')
  const init_data = app.initDataOf(14)
  const link = (token: string) =>
    app.send('POST /auth/link/telegram', { token, body: { init_data, password: goodPassword } })
  expectResponse(await link(anna.access_token), 200)
  expectProblem(await link(boris.access_token), 401, 'telegram-data-used')
})

test('a session without the password of its account links nothing (ID-12)', async () => {
  const { access_token: token } = await app.signUp('borrowed@example.com')
  expectProblem(await app.linkTelegram(token, 15, { password: 'a guess of the thief' }), 403, 'wrong-password')
  assert.notEqual((await app.signInWithTelegram(15)).user.email, 'borrowed@example.com')
})

test('a link and a first sign-in with one Telegram account at once leave it with one account (ID-12, REL-5)', async () => {
  const { access_token: token } = await app.signUpVerified('both@example.com')
  const responses = await crowd(10, (i) =>
    i % 2 === 0
      ? app.linkTelegram(token, 16)
      : app.send('POST /auth/telegram/mini-app', { body: { init_data: app.initDataOf(16) } }),
  )
  for (const { status } of responsesOf(responses)) assert.ok([200, 401, 409].includes(status), String(status))
  const rows = await app.db.selectFrom('identity.identities').selectAll().where('subject', '=', '16').execute()
  assert.equal(rows.length, 1)
  await app.assertNoViolations()
})
