import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { assertNotStored, crowd, eventually, expectProblem, expectResponse, statusesOf } from '#platform/testing'
import { after as later, hours } from '#platform/values'
import { UserView } from '../../schema.ts'
import { goodPassword, openIdentityTest, ratesWith, raceForLock, type IdentityTest } from '../../testing.ts'

let time = new Date('2026-11-21T09:00:00Z')
let app: IdentityTest
before(async () => {
  app = await openIdentityTest({ now: () => time })
  await app.startJobs()
})
after(() => app.close())

const newPassword = 'peonies in a blue vase'
const request = (email: string, on = app) => on.send('POST /auth/password/forgot', { body: { email } })
const reset = (code: string, new_password = newPassword) =>
  app.send('POST /auth/password/reset', { body: { code, new_password } })
const latest = (email: string) =>
  app.mails.filter(({ to, text }) => to === email.trim().toLowerCase() && text.includes('/password/reset#'))

/** Requests a reset and returns the code of its mail. */
async function codeFor(email: string): Promise<string> {
  const before = latest(email).length
  expectResponse(await request(email), 204)
  return await eventually(() => {
    const mail = latest(email)[before]
    return /#([\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? assert.fail('no mail yet')
  })
}

test('a code of a mail sets a new password once, and ends every session (ID-13, ID-7)', async () => {
  const anna = await app.signUp('anna@example.com')
  await app.verify('anna@example.com')
  const laptop = await app.enter('anna@example.com')
  const code = await codeFor(' ANNA@example.com')
  expectProblem(await reset(code, 'qwertyuiop'), 400, 'password-too-common')
  expectResponse(await reset(code), 204)
  for (const { access_token, refresh_token } of [anna, laptop]) {
    expectProblem(await app.me(access_token), 401, 'unauthorized')
    expectProblem(await app.refresh(refresh_token), 401, 'invalid-refresh-token')
  }
  expectProblem(await app.logIn('anna@example.com'), 401, 'wrong-credentials')
  const { access_token } = await app.enter('anna@example.com', newPassword)
  assert.equal(expectResponse(await app.me(access_token), 200, UserView).email_verified, true, 'she reads her mail')
  expectProblem(await reset(code), 404, 'invalid-code')
})

test('the database has only hashes of codes, and an expired code does nothing (ID-13)', async () => {
  await app.signUp('late@example.com')
  const code = await codeFor('late@example.com')
  assertNotStored(await app.db.selectFrom('identity.mail_codes').selectAll().execute(), code)
  time = later(time, hours(1))
  expectProblem(await reset(code), 404, 'invalid-code')
  expectResponse(await app.logIn('late@example.com'), 200)
})

test('using one code ends the other codes of its user, and of no other (ID-13)', async () => {
  await app.signUp('two@example.com')
  await app.signUp('other@example.com')
  const [first, second] = [await codeFor('two@example.com'), await codeFor('two@example.com')]
  const ofOther = await codeFor('other@example.com')
  expectResponse(await reset(second), 204)
  expectProblem(await reset(first), 404, 'invalid-code')
  expectResponse(await reset(ofOther), 204)
})

test('of ten uses of one code at once one sets its password (ID-13, REL-5)', async () => {
  const { user } = await app.signUp('crowd@example.com')
  const code = await codeFor('crowd@example.com')
  const lock = sql`select from identity.mail_codes where user_id = ${user.id} for update`
  const ends = await raceForLock(app, { lock, waiting: 4 }, () => crowd(10, (i) => reset(code, `${newPassword} ${i}`)))
  assert.deepEqual(statusesOf(ends), [204, ...Array.from({ length: 9 }, () => 404)])
  const logins = await Promise.all(
    Array.from({ length: 10 }, (_, i) => app.logIn('crowd@example.com', `${newPassword} ${i}`)),
  )
  assert.equal(logins.filter(({ status }) => status === 200).length, 1)
})

test('an unknown e-mail gets the same answer, the same statements and no mail (ID-13, A15)', async () => {
  await app.signUp('known@example.com')
  const [known, unknown] = [await request('known@example.com'), await request('unknown@example.com')]
  assert.deepEqual([known.status, known.text], [unknown.status, unknown.text])
  await app.codeTo('known@example.com')
  await eventually(() => assert.equal(latest('known@example.com').length, 1))
  await eventually(async () => {
    const { rows } = await sql`select from graphile_worker._private_jobs`.execute(app.db)
    assert.equal(rows.length, 0)
  })
  assert.deepEqual(latest('unknown@example.com'), [])
})

test('a blocked user gets no code, and a code from before does nothing (ID-13, ID-14)', async () => {
  const { user } = await app.signUp('blocked@example.com')
  const code = await codeFor('blocked@example.com')
  await app.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  expectProblem(await reset(code), 404, 'invalid-code')
})

test('a person who registered the mailbox of another is out once its owner resets the password (ID-13)', async () => {
  const thief = await app.signUp('owner@example.com')
  expectResponse(await reset(await codeFor('owner@example.com')), 204)
  expectProblem(await app.me(thief.access_token), 401, 'unauthorized')
  expectProblem(await app.logIn('owner@example.com', goodPassword), 401, 'wrong-credentials')
})

test('an identity that was added before the mailbox was proven is gone after the reset (ID-13, ID-12)', async () => {
  const thief = await app.signUp('hijacked@example.com')
  const way = { subject: 'thief@example.net', verified_at: time, created_at: time } as const
  await app.db
    .insertInto('identity.identities')
    .values([
      { user_id: thief.user.id, provider: 'email', ...way },
      { user_id: thief.user.id, provider: 'telegram', ...way, subject: '666' },
    ])
    .execute()
  const left = await codeFor('thief@example.net')
  expectResponse(await reset(await codeFor('hijacked@example.com')), 204)
  expectProblem(await reset(left), 404, 'invalid-code')
  const { access_token } = await app.enter('hijacked@example.com', newPassword)
  assert.deepEqual(expectResponse(await app.me(access_token), 200, UserView).email, 'hijacked@example.com')
  const ways = app.db.selectFrom('identity.identities').select('subject').where('user_id', '=', thief.user.id)
  assert.deepEqual(await ways.execute(), [{ subject: 'hijacked@example.com' }])
})

test('mails are limited per mailbox and address, known or not, and guesses of codes per address (ID-13, A16)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith({ login_address: { count: 3, seconds: 900, burst: 3 } }) })
  try {
    await limited.startJobs()
    for (const email of ['anna@example.com', 'unknown@example.com']) {
      for (let i = 0; i < 3; i++) expectResponse(await request(email, limited), 204)
      const { headers } = await request(email, limited)
      assert.ok(Number(headers['retry-after']) > 0)
      expectProblem(await request(email, limited), 429, 'too-many-attempts')
    }
    const guess = () =>
      limited.send('POST /auth/password/reset', { body: { code: 'x'.repeat(43), new_password: newPassword } })
    for (let i = 0; i < 3; i++) expectProblem(await guess(), 404, 'invalid-code')
    expectProblem(await guess(), 429, 'too-many-attempts')
  } finally {
    await limited.close()
  }
})
