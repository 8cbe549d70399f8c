import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd } from '#platform/testing'
import { goodPassword, openIdentity, racing, statusesOf, type Opened } from '../testing.ts'

let house: Opened
before(async () => {
  house = await openIdentity()
})
after(() => house.close())

const change = (token: string, new_password: string, current_password = goodPassword) =>
  house.post('password/change', { current_password, new_password }, token)

test('a new password ends all sessions but this one, and the old password opens nothing (ID-7, attack 2)', async () => {
  const here = await house.signUp('anna@example.com')
  const thief = (await house.logIn('anna@example.com')).json()
  assert.equal((await house.get('me', thief.access_token)).statusCode, 200)
  assert.equal((await change(here.access_token, 'coffee on Mondays')).statusCode, 204)
  assert.equal((await house.get('me', here.access_token)).statusCode, 200)
  assert.equal((await house.get('me', thief.access_token)).statusCode, 401)
  assert.equal((await house.post('refresh', { refresh_token: thief.refresh_token })).statusCode, 401)
  assert.equal((await house.logIn('anna@example.com')).statusCode, 401)
  assert.equal((await house.logIn('anna@example.com', 'coffee on Mondays')).statusCode, 200)
})

test('of two changes at once one stands (ID-7)', async () => {
  const { user, access_token } = await house.signUp('race@example.com')
  const lock = sql`select from identity.credentials where user_id = ${user.id} for update`
  const answers = await racing(house, { lock, waiting: 6 }, () =>
    crowd(6, (i) => change(access_token, `a new password ${i}`)),
  )
  assert.deepEqual(statusesOf(answers), [204, 403, 403, 403, 403, 403])
  const standing = answers.findIndex((end) => end.status === 'fulfilled' && end.value.statusCode === 204)
  assert.equal((await house.logIn('race@example.com', `a new password ${standing}`)).statusCode, 200)
})

test('the current password is asked for, and may be guessed no oftener than at login (ID-7, attack 16)', async () => {
  const guarded = await openIdentity({ limits: { kind: 'on', rates: {} } })
  try {
    const { access_token } = await guarded.signUp('guess@example.com')
    const guess = (i: number) =>
      guarded.post(
        'password/change',
        { current_password: `guess ${i}`, new_password: 'coffee on Mondays' },
        access_token,
      )
    const codes: number[] = []
    for (let i = 0; i < 6; i++) codes.push((await guess(i)).statusCode)
    assert.deepEqual(codes, [403, 403, 403, 403, 403, 429])
    assert.equal((await guarded.logIn('guess@example.com')).statusCode, 429)
  } finally {
    await guarded.close()
  }
})

test('a weak new password, an unknown field and a stranger are refused (ID-1, ID-7)', async () => {
  const { access_token } = await house.signUp('weak@example.com')
  assert.equal((await change(access_token, 'short')).json().code, 'password-too-short')
  assert.equal((await change(access_token, 'qwertyuiop')).json().code, 'password-too-common')
  assert.equal((await change(access_token, 'weak@example.com')).json().code, 'password-too-common')
  assert.equal((await change(access_token, '')).statusCode, 400)
  const extra = { current_password: goodPassword, new_password: 'coffee on Mondays', user_id: 'x' }
  assert.equal((await house.post('password/change', extra, access_token)).statusCode, 400)
  assert.equal((await house.post('password/change', extra)).statusCode, 401)
})
