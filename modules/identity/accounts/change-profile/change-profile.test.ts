import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { UserView, type SignedInView } from '../../schema.ts'
import { openIdentityTest, raceForLock, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
let anna: SignedInView
before(async () => {
  app = await openIdentityTest()
  anna = await app.signUp('anna@example.com')
})
after(() => app.close())

const change = (body: object, token = anna.access_token) => app.send('PATCH /auth/me', { token, body })
const profileOf = ({ name, locale, timezone }: UserView) => ({ name, locale, timezone })

test('a user changes name, language and time zone, and an event is published (ID-4)', async () => {
  const response = await change({ name: ' Анна ', locale: 'ru', timezone: 'Asia/Yekaterinburg' })
  const user = expectResponse(response, 200, UserView)
  const profile = { name: 'Анна', locale: 'ru', timezone: 'Asia/Yekaterinburg' }
  assert.deepEqual(profileOf(user), profile)
  assert.equal(user.email, 'anna@example.com')
  assert.deepEqual(expectResponse(await app.me(anna.access_token), 200, UserView), user)
  assert.deepEqual(await app.eventsOf('identity.user-updated.v1'), [{ user_id: anna.user.id, ...profile }])
  const caller = await app.module.api.authenticate(anna.access_token)
  assert.ok(caller?.kind === 'user' && caller.locale === 'ru', 'responses come in the new language')
})

test('a change to the same values publishes no event (ID-4)', async () => {
  const { user, access_token } = await app.signUp('same@example.com')
  expectResponse(await change({ name: 'same', locale: 'en' }, access_token), 200, UserView)
  const events = await app.eventsOf('identity.user-updated.v1')
  assert.ok(!events.some(({ user_id }) => user_id === user.id))
})

test('three changes at once are all made, and the last event has the final profile (ID-4)', async () => {
  const { user, access_token } = await app.signUp('race@example.com')
  const changes = [{ name: 'Race' }, { locale: 'ru' }, { timezone: 'Asia/Tokyo' }]
  const lock = sql`select from identity.users where id = ${user.id} for update`
  await raceForLock(app, { lock, waiting: 3 }, () => crowd(3, (i) => change(changes[i] ?? {}, access_token)))
  const events = (await app.eventsOf('identity.user-updated.v1')).filter(({ user_id }) => user_id === user.id)
  assert.equal(events.length, 3)
  const profile = { name: 'Race', locale: 'ru', timezone: 'Asia/Tokyo' }
  assert.deepEqual(events.at(-1), { user_id: user.id, ...profile })
  assert.deepEqual(profileOf(expectResponse(await app.me(access_token), 200, UserView)), profile)
})

for (const [name, body, code] of [
  ['nothing', {}, 'validation-failed'],
  ['a time zone on the moon', { timezone: 'Moon/Tranquility' }, 'unknown-timezone'],
  ['an offset instead of a time zone', { timezone: '+03' }, 'unknown-timezone'],
  ['a name with a line break', { name: 'a\nb' }, 'validation-failed'],
  ['an unknown language', { locale: 'tlh' }, 'validation-failed'],
  ['null instead of a name', { name: null }, 'validation-failed'],
  ['a name with a zero byte', { name: 'a\0b' }, 'validation-failed'],
  ['an endless name', { name: 'x'.repeat(101) }, 'validation-failed'],
  ['a role', { role: 'admin' }, 'validation-failed'],
  ['an e-mail', { email: 'other@example.com' }, 'validation-failed'],
  ['a status', { name: 'x', status: 'active' }, 'validation-failed'],
] as const) {
  test(`changing the profile to ${name} is refused with ${code} (ID-4, attack 5)`, async () => {
    expectProblem(await change(body), 400, code)
    assert.equal(expectResponse(await app.me(anna.access_token), 200, UserView).role, 'customer')
  })
}

test('a guest has no profile (ID-4)', async () => {
  expectProblem(await app.me(), 401, 'unauthorized')
  expectProblem(await change({ name: 'x' }, 'nonsense'), 401, 'unauthorized')
})
