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

const input = (email: string, more: object = {}) => ({ email, password: goodPassword, ...more })

test('whoever registers is signed in at once and is told about (ID-1)', async () => {
  const answer = await house.post('register', input(' Anna@Example.COM '.trim(), { name: ' Anna ' }))
  assert.equal(answer.statusCode, 201)
  const { user, access_token, refresh_token, expires_in, ...rest } = answer.json()
  assert.deepEqual(rest, {})
  const { id, created_at, ...facts } = user
  const expected = { email: 'anna@example.com', name: 'Anna', role: 'customer', locale: 'en', is_active: true }
  assert.deepEqual(facts, { ...expected, timezone: 'Europe/Moscow' })
  assert.match(created_at, /^\d{4}-.*Z$/)
  assert.equal(expires_in, 900)
  assert.equal((await house.get('me', access_token)).json().id, id)
  assert.equal((await house.post('refresh', { refresh_token })).statusCode, 200)
  const told = await house.told('identity.user-registered.v1')
  assert.deepEqual(told, [{ user_id: id, email: 'anna@example.com', name: 'Anna', locale: 'en' }])
})

test('an e-mail is one, in whatever case it is written (ID-1)', async () => {
  await house.signUp('boris@example.com')
  const again = await house.post('register', input('BORIS@example.com'))
  assert.equal(again.statusCode, 409)
  assert.equal(again.json().code, 'email-taken')
})

test('of twenty who take one e-mail at once one gets it, and one event is told (ID-1)', async () => {
  // All have looked and found the e-mail free before the first may write.
  const lock = sql`lock table identity.users in share mode`
  const answers = await racing(house, { lock, waiting: 7 }, () =>
    crowd(20, () => house.post('register', input('crowd@example.com'))),
  )
  assert.deepEqual(statusesOf(answers), [201, ...Array.from({ length: 19 }, () => 409)])
  const told = await house.told('identity.user-registered.v1')
  assert.equal(told.filter(({ email }) => email === 'crowd@example.com').length, 1)
  const { rows } = await countOf('crowd@example.com')
  assert.deepEqual(rows, { users: 1, identities: 1, credentials: 1, sessions: 1 })
})

async function countOf(name: string) {
  const users = await house.db.selectFrom('identity.users').select('id').where('name', '=', '').execute()
  const identities = await house.db.selectFrom('identity.identities').selectAll().where('subject', '=', name).execute()
  const of = (table: string) =>
    house.db.selectFrom(table).selectAll().where('user_id', '=', identities[0]?.user_id).execute()
  const credentials = await of('identity.credentials')
  const sessions = await of('identity.sessions')
  const lengths = { users: users.length, identities: identities.length }
  return { rows: { ...lengths, credentials: credentials.length, sessions: sessions.length } }
}

test('no password is kept, only its hash (ID-3)', async () => {
  await house.signUp('hashed@example.com')
  const rows = await house.db.selectFrom('identity.credentials').selectAll().execute()
  assert.ok(rows.length > 0)
  for (const { password_hash } of rows) assert.match(password_hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
})

for (const [password, reason] of [
  ['short7!', 'password-too-short'],
  ['x'.repeat(128) + 'y', 'password-too-long'],
  ['Password123', 'password-too-common'],
  ['йцукенгшщз', 'password-too-common'],
  ['aaaaaaaaaaaa', 'password-too-common'],
  ['weakling@example.com', 'password-too-common'],
] as const) {
  test(`the password ${password.slice(0, 20)} is refused as ${reason} (ID-1)`, async () => {
    const answer = await house.post('register', { email: 'weakling@example.com', password })
    assert.equal(answer.statusCode, 400)
    assert.equal(answer.json().code, reason)
  })
}

for (const [what, body] of Object.entries({
  'no e-mail': { password: goodPassword },
  'what is not an e-mail': input('anna'),
  'an endless e-mail': input(`${'a'.repeat(250)}@example.com`),
  'an e-mail with a zero byte': input('a\0@example.com'),
  'a number for a password': { email: 'c@example.com', password: { length: 12 } },
  'an endless password': { email: 'c@example.com', password: 'x'.repeat(1025) },
  'a name with a zero byte': input('c@example.com', { name: 'a\0b' }),
  'a line break in the name': input('c@example.com', { name: 'a\nb' }),
  'half a character for a name': input('c@example.com', { name: '\ud800' }),
  'an endless name': input('c@example.com', { name: 'x'.repeat(101) }),
  'a role of his choice': input('c@example.com', { role: 'admin' }),
  'an id of his choice': input('c@example.com', { id: '0192f3c4-0000-7000-8000-000000000001' }),
  superpowers: input('c@example.com', { is_superadmin: true }),
})) {
  test(`registering with ${what} is malformed (ID-1)`, async () => {
    const answer = await house.post('register', body)
    assert.equal(answer.statusCode, 400, answer.body)
    assert.match(answer.headers['content-type'] as string, /problem\+json/)
  })
}
