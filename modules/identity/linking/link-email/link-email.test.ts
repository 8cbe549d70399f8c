import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { assertNotStored, crowd, expectProblem, expectResponse, responsesOf } from '#platform/testing'
import { minutes } from '#platform/values'
import { UserView } from '../../schema.ts'
import { goodPassword, openMergeTest, type MergeTest } from '../../testing.ts'
import { LinkView } from '../schema.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
})
after(() => app.close())

const another = (code: string) => code.slice(0, -1) + ((Number(code.at(-1)) + 1) % 10)

test('a Telegram user adds a free mailbox with the code of the mail, and it signs in from then on (ID-12)', async () => {
  const { access_token: token, user } = await app.signInWithTelegram(1)
  const linked = expectResponse(await app.linkEmail(token, 'Anna@Example.com'), 200, LinkView)
  assert.deepEqual(linked, { status: 'linked', merge: null })
  const { email, email_verified } = expectResponse(await app.me(token), 200, UserView)
  assert.deepEqual([email, email_verified], ['anna@example.com', true])
  const published = await app.eventsOf('identity.identity-linked.v1')
  assert.deepEqual(published, [{ user_id: user.id, provider: 'email' }])
  assert.deepEqual(await app.eventsOf('identity.email-verified.v1'), [{ user_id: user.id, email: 'anna@example.com' }])
  await app.assertNoViolations()
})

test('the code verifies the own mailbox, too (ID-12, ID-13)', async () => {
  const { access_token: token } = await app.signUp('own@example.com')
  expectResponse(await app.linkEmail(token, 'own@example.com', goodPassword), 200)
  assert.equal(expectResponse(await app.me(token), 200, UserView).email_verified, true)
})

test('a code works once, for a quarter of an hour, and only in the session that asked for it (ID-12)', async () => {
  const anna = await app.signInWithTelegram(2)
  const thief = await app.signInWithTelegram(3)
  expectResponse(await app.requestCode(anna.access_token, 'once@example.com'), 204)
  const code = await app.codeTo('once@example.com')
  expectProblem(await app.confirm(thief.access_token, code), 404, 'invalid-code')
  expectResponse(await app.confirm(anna.access_token, code), 200)
  expectProblem(await app.confirm(anna.access_token, code), 404, 'invalid-code')

  expectResponse(await app.requestCode(anna.access_token, 'late@example.com'), 204)
  const late = await app.codeTo('late@example.com')
  app.advance(minutes(15))
  const again = await app.refresh(anna.refresh_token)
  const { access_token } = expectResponse(again, 200) as { access_token: string }
  expectProblem(await app.confirm(access_token, late), 404, 'invalid-code')
})

test('after five guesses the right code is refused, also when they come at once (ID-12, A16)', async () => {
  const { access_token: token } = await app.signInWithTelegram(4)
  expectResponse(await app.requestCode(token, 'guessed@example.com'), 204)
  const code = await app.codeTo('guessed@example.com')
  const guesses = responsesOf(await crowd(20, () => app.confirm(token, another(code))))
  for (const guess of guesses) expectProblem(guess, 404, 'invalid-code')
  expectProblem(await app.confirm(token, code), 404, 'invalid-code')
  expectResponse(await app.linkEmail(token, 'guessed@example.com'), 200)
})

test('a code has sixteen random digits, so that guesses at any number of mailboxes are hopeless (ID-12, A16)', async () => {
  const { access_token: token } = await app.signInWithTelegram(9)
  const codes: string[] = []
  for (let sent = 0; sent < 8; sent++) {
    const email = `long-${sent}@example.com`
    expectResponse(await app.requestCode(token, email), 204)
    codes.push(await app.codeTo(email))
  }
  for (const code of codes) assert.match(code, /^\d{4}( \d{4}){3}$/)
  for (const group of [0, 1, 2, 3]) {
    assert.ok(new Set(codes.map((code) => code.split(' ')[group])).size > 4, `group ${group} of ${codes.join(', ')}`)
  }
})

test('a code is right with its spaces and without them (ID-12)', async () => {
  const { access_token: token } = await app.signInWithTelegram(10)
  for (const spelled of [(code: string) => code, (code: string) => code.replaceAll(' ', '')]) {
    const email = `spelled-${spelled('1 2').length}@example.com`
    expectResponse(await app.requestCode(token, email), 204)
    expectResponse(await app.confirm(token, spelled(await app.codeTo(email))), 200, LinkView)
  }
})

test('of ten right codes at once one links (ID-12, REL-5)', async () => {
  const { access_token: token, user } = await app.signInWithTelegram(5)
  expectResponse(await app.requestCode(token, 'crowd@example.com'), 204)
  const code = await app.codeTo('crowd@example.com')
  const responses = responsesOf(await crowd(10, () => app.confirm(token, code)))
  assert.equal(responses.filter(({ status }) => status === 200).length, 1)
  const events = await app.eventsOf('identity.identity-linked.v1')
  assert.equal(events.filter(({ user_id }) => user_id === user.id).length, 1)
})

test('a stolen access token adds no mailbox: that needs the password or a fresh sign-in (ID-12)', async () => {
  const { access_token: token } = await app.signUpVerified('careful@example.com')
  expectProblem(await app.requestCode(token, 'thief@example.com'), 403, 'wrong-password')
  expectProblem(await app.requestCode(token, 'thief@example.com', 'a guess of the thief'), 403, 'wrong-password')
  const telegram = await app.signInWithTelegram(6)
  app.advance(minutes(11))
  expectProblem(await app.requestCode(telegram.access_token, 'thief@example.com'), 403, 'sign-in-again')
  assert.ok(!app.mails.some(({ to }) => to === 'thief@example.com'))
})

test('a mailbox with an account and a free one get the same answer and the same e-mail (ID-12, A15)', async () => {
  await app.signUpVerified('taken@example.com')
  const { access_token: token } = await app.signInWithTelegram(7)
  const answers = []
  for (const email of ['taken@example.com', 'untaken@example.com']) {
    const { status, body } = await app.requestCode(token, email)
    const { text } = app.mails.findLast(({ to }) => to === email) ?? assert.fail('no mail')
    answers.push([status, body, text.replace(/^[\d ]+$/m, '')])
  }
  assert.deepEqual(answers[0], answers[1])
})

test('the row of a code does not give the code away (ID-12, A26)', async () => {
  const { access_token: token } = await app.signInWithTelegram(8)
  expectResponse(await app.requestCode(token, 'secret@example.com'), 204)
  const code = await app.codeTo('secret@example.com')
  const rows = await app.db.selectFrom('identity.email_links').selectAll().execute()
  assertNotStored(rows, code, createHash('sha256').update(code).digest('base64url'))
})
