import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, eventually } from '#platform/testing'
import { after as later, days, seconds } from '#platform/values'
import { openIdentity, racing, statusesOf, type Opened } from '../testing.ts'

let house: Opened
let time = new Date('2026-11-21T09:00:00Z')
const pass = (milliseconds: number) => {
  time = later(time, milliseconds)
}
before(async () => {
  house = await openIdentity({ now: () => time, standingFreshness: 1 })
})
after(() => house.close())

const refresh = (refresh_token: string) => house.post('refresh', { refresh_token })
const sessionOf = (user_id: string) => sql`select from identity.sessions where user_id = ${user_id} for update`
const checksOf = async () =>
  (await Promise.all((house.module.checks ?? []).map(({ violations }) => violations()))).flat()

test('a refresh token gives the next pair, over and over (ID-6)', async () => {
  let { refresh_token } = await house.signUp('anna@example.com')
  for (let i = 0; i < 5; i++) {
    pass(seconds(900))
    const answer = await refresh(refresh_token)
    assert.equal(answer.statusCode, 200)
    const next = answer.json()
    assert.deepEqual(Object.keys(next).toSorted(), ['access_token', 'expires_in', 'refresh_token'])
    assert.notEqual(next.refresh_token, refresh_token)
    assert.equal((await house.get('me', next.access_token)).json().email, 'anna@example.com')
    refresh_token = next.refresh_token
  }
  assert.deepEqual(await checksOf(), [])
})

test('fifty uses of one refresh token at once give one and the same successor (ID-6, REL-5)', async () => {
  const { user, refresh_token } = await house.signUp('fifty@example.com')
  const held = { lock: sessionOf(user.id), waiting: 7 }
  const answers = await racing(house, held, () => crowd(50, () => refresh(refresh_token)))
  const successors = answers.map((each) => {
    assert.ok(each.status === 'fulfilled')
    assert.equal(each.value.statusCode, 200, each.value.body)
    return each.value.json().refresh_token
  })
  assert.equal(new Set(successors).size, 1)
  assert.deepEqual(await checksOf(), [])
  assert.equal((await refresh(successors[0])).statusCode, 200, 'and it works')
})

test('without a grace one of fifty wins, and the copies end the session (ID-6, REL-5)', async () => {
  const strict = await openIdentity({ refreshGrace: 0 })
  try {
    const { user, refresh_token, access_token } = await strict.signUp('fifty@example.com')
    const held = { lock: sessionOf(user.id), waiting: 7 }
    const answers = await racing(strict, held, () => crowd(50, () => strict.post('refresh', { refresh_token })))
    assert.deepEqual(statusesOf(answers), [200, ...Array.from({ length: 49 }, () => 401)])
    assert.equal((await strict.told('identity.refresh-reuse-detected.v1')).length, 1)
    assert.equal((await strict.get('me', access_token)).statusCode, 401)
  } finally {
    await strict.close()
  }
})

test('a lost answer can be had again for ten seconds: the same successor (ID-6)', async () => {
  const { refresh_token } = await house.signUp('lost@example.com')
  const lost = (await refresh(refresh_token)).json()
  pass(seconds(10))
  const again = await refresh(refresh_token)
  assert.equal(again.statusCode, 200)
  assert.equal(again.json().refresh_token, lost.refresh_token)
})

test('a used token that comes later ends the whole session and is told about (ID-6)', async () => {
  const { user, refresh_token } = await house.signUp('stolen@example.com')
  const owner = (await refresh(refresh_token)).json()
  pass(seconds(11))
  const thief = await refresh(refresh_token)
  assert.equal(thief.statusCode, 401)
  assert.equal(thief.json().code, 'invalid-refresh-token')
  assert.equal((await refresh(owner.refresh_token)).statusCode, 401, 'nobody can tell thief and owner apart')
  assert.equal((await house.get('me', owner.access_token)).statusCode, 401)
  const told = (await house.told('identity.refresh-reuse-detected.v1')).filter(({ user_id }) => user_id === user.id)
  assert.equal(told.length, 1)
  assert.equal((await house.logIn('stolen@example.com')).statusCode, 200, 'he signs in again')
})

test('a session is refreshed thirty times a minute at most; waiting helps, nothing is lost (ID-6)', async () => {
  const guarded = await openIdentity({ limits: { kind: 'on', rates: { refresh: { count: 3, seconds: 1 } } } })
  try {
    let { refresh_token } = await guarded.signUp('eager@example.com')
    const next = async () => {
      const answer = await guarded.post('refresh', { refresh_token })
      if (answer.statusCode === 200) ({ refresh_token } = answer.json())
      return answer
    }
    for (let i = 0; i < 3; i++) assert.equal((await next()).statusCode, 200)
    const refused = await next()
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.headers['retry-after'], '1')
    await eventually(async () => assert.equal((await next()).statusCode, 200), { every: 200 })
  } finally {
    await guarded.close()
  }
})

test('a used token is stolen, grace or not, once somebody used its successor (ID-6)', async () => {
  const { refresh_token } = await house.signUp('quick@example.com')
  const next = (await refresh(refresh_token)).json()
  const third = (await refresh(next.refresh_token)).json()
  assert.equal((await refresh(refresh_token)).statusCode, 401)
  assert.equal((await refresh(third.refresh_token)).statusCode, 401)
})

test('another device of the same person is not concerned (ID-6)', async () => {
  const { refresh_token } = await house.signUp('devices@example.com')
  const phone = (await house.logIn('devices@example.com')).json()
  await refresh(refresh_token)
  pass(seconds(60))
  await refresh(refresh_token)
  assert.equal((await refresh(phone.refresh_token)).statusCode, 200)
})

test('no session lives longer than a fortnight, however often it is refreshed (ID-6)', async () => {
  let { refresh_token } = await house.signUp('fortnight@example.com')
  for (let day = 0; day < 13; day++) {
    pass(days(1))
    refresh_token = (await refresh(refresh_token)).json().refresh_token
  }
  pass(days(1) - seconds(60))
  const last = (await refresh(refresh_token)).json()
  assert.equal(last.expires_in, 60, 'no access token outlives its session')
  pass(seconds(60))
  assert.equal((await refresh(last.refresh_token)).statusCode, 401)
})

test('a refresh token of somebody blocked is worth nothing (attack 2)', async () => {
  const { user, refresh_token } = await house.signUp('blocked@example.com')
  await house.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  assert.equal((await refresh(refresh_token)).statusCode, 401)
})

test('the database holds nothing that a thief of it could sign in with (ID-6)', async () => {
  const { refresh_token } = await house.signUp('secret@example.com')
  const next = (await refresh(refresh_token)).json().refresh_token
  const rows = await house.db.selectFrom('identity.refresh_tokens').selectAll().execute()
  for (const { hash, successor_salt } of rows) {
    for (const bytes of [hash, successor_salt].filter(Boolean)) {
      assert.ok(![refresh_token, next].includes(bytes.toString('base64url')))
      assert.equal((await refresh(bytes.toString('base64url'))).statusCode, 401)
    }
  }
})

for (const [what, body, status] of [
  ['nothing', {}, 400],
  ['an endless token', { refresh_token: 'x'.repeat(1000) }, 400],
  ['an empty token', { refresh_token: '' }, 400],
  ['an unknown field', { refresh_token: 'x', user_id: 'y' }, 400],
  ['a token nobody gave out', { refresh_token: 'c3VyZWx5IG5vdCBhIHRva2VuIG9mIG91cnMhISEhISE' }, 401],
  ['a zero byte', { refresh_token: '\0' }, 400],
] as const) {
  test(`refreshing with ${what} is refused with ${status} (ID-6)`, async () => {
    assert.equal((await house.post('refresh', body)).statusCode, status)
  })
}

test('an access token that ran out does not stand in the way of refreshing it (ID-6)', async () => {
  const { access_token, refresh_token } = await house.signUp('late@example.com')
  pass(seconds(901))
  assert.equal((await house.get('me', access_token)).statusCode, 401)
  assert.equal((await house.post('refresh', { refresh_token }, access_token)).statusCode, 200)
})

test('an access token is no refresh token, and the other way round (attack 1)', async () => {
  const { access_token, refresh_token } = await house.signUp('mixed@example.com')
  assert.ok((await house.post('refresh', { refresh_token: access_token })).statusCode >= 400)
  assert.equal((await house.get('me', refresh_token)).statusCode, 401)
})

test('sessions are forgotten a month after they expired, others stay (ID-6)', async () => {
  const { user } = await house.signUp('old@example.com')
  pass(days(14 + 30) + seconds(1))
  const young = await house.signUp('young@example.com')
  const [job] = house.module.jobs ?? []
  await job?.work({}, new AbortController().signal)
  const rows = await house.db.selectFrom('identity.sessions').select('user_id').execute()
  assert.ok(!rows.some(({ user_id }) => user_id === user.id))
  assert.ok(rows.some(({ user_id }) => user_id === young.user.id))
  assert.equal((await refresh(young.refresh_token)).statusCode, 200)
})
