import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, statusesOf } from '#platform/testing'
import { goodPassword, openIdentityTest, raceForLock, ratesWith, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

const newPassword = 'coffee on Mondays'
const change = (token: string, new_password = newPassword, current_password = goodPassword) =>
  app.send('POST /auth/password/change', { token, body: { current_password, new_password } })

test('a new password ends all other sessions, and the old password opens none (ID-7, attack 2)', async () => {
  const anna = await app.signUp('anna@example.com')
  const thief = await app.enter('anna@example.com')
  expectResponse(await app.me(thief.access_token), 200)
  expectResponse(await change(anna.access_token), 204)
  expectResponse(await app.me(anna.access_token), 200)
  expectProblem(await app.me(thief.access_token), 401, 'unauthorized')
  expectProblem(await app.refresh(thief.refresh_token), 401, 'invalid-refresh-token')
  expectProblem(await app.logIn('anna@example.com'), 401, 'wrong-credentials')
  await app.enter('anna@example.com', newPassword)
})

test('of six changes at once one is made (ID-7)', async () => {
  const { user, access_token } = await app.signUp('race@example.com')
  const lock = sql`select from identity.credentials where user_id = ${user.id} for update`
  const ends = await raceForLock(app, { lock, waiting: 6 }, () =>
    crowd(6, (i) => change(access_token, `a new password ${i}`)),
  )
  assert.deepEqual(statusesOf(ends), [204, 403, 403, 403, 403, 403])
  const winner = ends.findIndex((end) => end.status === 'fulfilled' && end.value.status === 204)
  await app.enter('race@example.com', `a new password ${winner}`)
})

test('the current password may be guessed no more often than at login (ID-7, attack 16)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    const { access_token } = await limited.signUp('guess@example.com')
    const guess = (i: number) =>
      limited.send('POST /auth/password/change', {
        token: access_token,
        body: { current_password: `guess ${i}`, new_password: newPassword },
      })
    for (let i = 0; i < 5; i++) expectProblem(await guess(i), 403, 'wrong-password')
    expectProblem(await guess(5), 429, 'too-many-attempts')
  } finally {
    await limited.close()
  }
})

test('a weak new password, an unknown field and a guest are refused (ID-1, ID-7)', async () => {
  const { access_token } = await app.signUp('weak@example.com')
  expectProblem(await change(access_token, 'short'), 400, 'validation-failed')
  expectProblem(await change(access_token, 'qwertyuiop'), 400, 'password-too-common')
  expectProblem(await change(access_token, 'weak@example.com'), 400, 'password-too-common')
  expectProblem(await change(access_token, ''), 400, 'validation-failed')
  const body = { current_password: goodPassword, new_password: newPassword, user_id: 'x' }
  const path = 'POST /auth/password/change'
  expectProblem(await app.send(path, { token: access_token, body }), 400, 'validation-failed')
  expectProblem(await app.send(path, { body }), 401, 'unauthorized')
})
