import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd } from '#platform/testing'
import { openIdentity, racing, type Opened, type SignedUp } from '../testing.ts'

let house: Opened
let anna: SignedUp
before(async () => {
  house = await openIdentity()
  anna = await house.signUp('anna@example.com')
})
after(() => house.close())

const patch = (payload: object, token: string = anna.access_token) =>
  house.http.inject({
    method: 'PATCH',
    url: '/api/v1/auth/me',
    payload,
    headers: { authorization: `Bearer ${token}` },
  })

test('a person changes name, language and time zone, and others are told (ID-4)', async () => {
  const answer = await patch({ name: ' Анна ', locale: 'ru', timezone: 'Asia/Yekaterinburg' })
  assert.equal(answer.statusCode, 200)
  const { name, locale, timezone, email } = answer.json()
  const profile = { name: 'Анна', locale: 'ru', timezone: 'Asia/Yekaterinburg' }
  assert.deepEqual({ name, locale, timezone }, profile)
  assert.equal(email, 'anna@example.com')
  assert.deepEqual((await house.get('me', anna.access_token)).json(), answer.json())
  assert.deepEqual(await house.told('identity.user-updated.v1'), [{ user_id: anna.user.id, ...profile }])
  const caller = await house.module.api.authenticate(anna.access_token)
  assert.ok(caller?.kind === 'user' && caller.locale === 'ru', 'and answers come in the new language')
})

test('a change that changes nothing is not told about (ID-4)', async () => {
  const { user, access_token } = await house.signUp('same@example.com')
  assert.equal((await patch({ name: 'same', locale: 'en' }, access_token)).statusCode, 200)
  const told = await house.told('identity.user-updated.v1')
  assert.ok(!told.some(({ user_id }) => user_id === user.id))
})

test('changes of different things at once all stay, and the last one told is what stands (ID-4)', async () => {
  const { user, access_token } = await house.signUp('race@example.com')
  const inputs = [{ name: 'kept' }, { locale: 'ru' }, { timezone: 'Asia/Tokyo' }]
  const lock = sql`select from identity.users where id = ${user.id} for update`
  await racing(house, { lock, waiting: 3 }, () => crowd(3, (i) => patch(inputs[i] ?? {}, access_token)))
  const told = (await house.told('identity.user-updated.v1')).filter(({ user_id }) => user_id === user.id)
  assert.equal(told.length, 3)
  assert.deepEqual(told.at(-1), { user_id: user.id, name: 'kept', locale: 'ru', timezone: 'Asia/Tokyo' })
  const { name, locale, timezone } = (await house.get('me', access_token)).json()
  assert.deepEqual({ name, locale, timezone }, { name: 'kept', locale: 'ru', timezone: 'Asia/Tokyo' })
})

for (const [what, body] of Object.entries({
  nothing: {},
  'a time zone on the moon': { timezone: 'Moon/Tranquility' },
  'an offset for a time zone': { timezone: '+03' },
  'a line break in the name': { name: 'a\nb' },
  'an unknown language': { locale: 'tlh' },
  'null for a name': { name: null },
  'a zero byte in the name': { name: 'a\0b' },
  'an endless name': { name: 'x'.repeat(101) },
  'a role': { role: 'admin' },
  'an e-mail': { email: 'other@example.com' },
  'a status': { name: 'x', status: 'active' },
})) {
  test(`changing the profile to ${what} is malformed (ID-4, attack 5)`, async () => {
    assert.equal((await patch(body)).statusCode, 400)
    assert.equal((await house.get('me', anna.access_token)).json().role, 'customer')
  })
}

test('only who is signed in has a profile (ID-4)', async () => {
  assert.equal((await house.get('me')).statusCode, 401)
  assert.equal((await patch({ name: 'x' }, 'nonsense')).statusCode, 401)
})
