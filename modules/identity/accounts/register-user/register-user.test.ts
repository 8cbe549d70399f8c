import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, responsesOf, statusesOf } from '#platform/testing'
import { SignedInView, UserView } from '../../schema.ts'
import { goodPassword, openIdentityTest, raceForLock, ratesWith, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

const register = (body: object) => app.send('POST /auth/register', { body })
const bodyOf = (email: string, more: object = {}) => ({ email, password: goodPassword, ...more })
const registered = 'identity.user-registered.v1'

test('a customer who registers is signed in at once, and an event is published (ID-1)', async () => {
  const response = await register(bodyOf('Anna@Example.COM', { name: ' Anna ' }))
  const { user, access_token, refresh_token, expires_in, ...rest } = expectResponse(response, 201, SignedInView)
  assert.deepEqual(rest, {})
  const { id, created_at, ...facts } = user
  const expected = {
    email: 'anna@example.com',
    email_verified: false,
    name: 'Anna',
    role: 'customer',
    locale: 'en',
    is_active: true,
  }
  assert.deepEqual(facts, { ...expected, timezone: 'Europe/Moscow' })
  assert.match(created_at, /^\d{4}-.*Z$/)
  assert.equal(expires_in, 900)
  assert.equal(expectResponse(await app.me(access_token), 200, UserView).id, id)
  expectResponse(await app.refresh(refresh_token), 200)
  const events = await app.eventsOf(registered)
  assert.deepEqual(events, [{ user_id: id, email: 'anna@example.com', name: 'Anna', locale: 'en' }])
})

test('an e-mail has one account, in upper and lower case (ID-1)', async () => {
  await app.signUp('boris@example.com')
  expectProblem(await register(bodyOf('BORIS@example.com')), 409, 'email-taken')
})

test('a registration that is sent again with its key gets the same bytes (F-20, ID-1, rule 8)', async () => {
  const headers = { 'idempotency-key': '4c1e9c1a-registration-of-vera' }
  const send = (body: object) => app.send('POST /auth/register', { body, headers })
  const first = await send(bodyOf('vera@example.com', { name: 'V' }))
  expectResponse(first, 201, SignedInView)
  const again = await send(bodyOf('vera@example.com', { name: 'V' }))
  assert.deepEqual([again.status, again.text, again.headers['idempotent-replay']], [201, first.text, 'true'])
  assert.equal(again.headers['cache-control'], 'no-store')
  expectProblem(await send(bodyOf('vera@example.com', { name: 'Vera' })), 422, 'idempotency-mismatch')
  expectProblem(await register(bodyOf('vera@example.com')), 409, 'email-taken')
})

test('of ten registrations with one key at once one account is made (F-20, ID-1, rule 8)', async () => {
  const headers = { 'idempotency-key': '5d2f0d2b-registration-of-gleb' }
  const ends = await crowd(10, () =>
    app.send('POST /auth/register', { body: bodyOf('gleb@example.com', { name: 'Gleb' }), headers }),
  )
  const statuses = new Set(statusesOf(ends))
  assert.ok(
    statuses.has(201) && [...statuses].every((status) => status === 201 || status === 409),
    [...statuses].join(),
  )
  const responses = responsesOf(ends).filter(({ status }) => status === 201)
  assert.equal(new Set(responses.map(({ text }) => text)).size, 1)
})

test('the database has neither the key nor the tokens of a registration (F-20, ID-3)', async () => {
  const key = '6e3a1e3c-registration-of-zoya'
  const body = bodyOf('zoya@example.com', { name: 'Zoya' })
  const { refresh_token, access_token } = expectResponse(
    await app.send('POST /auth/register', { body, headers: { 'idempotency-key': key } }),
    201,
    SignedInView,
  )
  const { rows } = await sql<{ row: string }>`select held::text as row from platform.idempotency as held`.execute(
    app.db,
  )
  const stored = rows.map(({ row }) => row).join()
  assert.match(stored, /sealed:/)
  for (const secret of [key, refresh_token, access_token, goodPassword]) assert.ok(!stored.includes(secret))
})

test('a taken e-mail is refused after the same work as a free one (F-42, ID-1)', async () => {
  const slow = await openIdentityTest({ passwords: { cost: { memory: 8192, passes: 2, parallelism: 1 } } })
  try {
    await slow.signUp('anna@example.com')
    const times = { taken: [] as number[], free: [] as number[] }
    for (let i = 0; i < 20; i++) {
      times.taken.push(await timeOf(() => slow.send('POST /auth/register', { body: bodyOf('anna@example.com') })))
      times.free.push(await timeOf(() => slow.send('POST /auth/register', { body: bodyOf(`free-${i}@example.com`) })))
    }
    const [taken, free] = [medianOf(times.taken), medianOf(times.free)]
    assert.ok(taken > 0.5 * free, `${taken} ms and ${free} ms`)
  } finally {
    await slow.close()
  }
})

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const medianOf = (times: number[]): number => times.toSorted((one, other) => one - other)[times.length / 2] ?? 0

test('of twenty who register one e-mail at once one gets it, and one event is published (ID-1)', async () => {
  // Every request has found the e-mail free before the first one may insert it.
  const lock = sql`lock table identity.users in share mode`
  const ends = await raceForLock(app, { lock, waiting: 7 }, () =>
    crowd(20, () => register(bodyOf('crowd@example.com'))),
  )
  assert.deepEqual(statusesOf(ends), [201, ...Array.from({ length: 19 }, () => 409)])
  const events = await app.eventsOf(registered)
  assert.equal(events.filter(({ email }) => email === 'crowd@example.com').length, 1)
  assert.deepEqual(await countRows('crowd@example.com'), { users: 1, identities: 1, credentials: 1, sessions: 1 })
})

async function countRows(email: string) {
  // The accounts of the crowd are the only ones without a name.
  const users = await app.db.selectFrom('identity.users').select('id').where('name', '=', '').execute()
  const identities = await app.db.selectFrom('identity.identities').selectAll().where('subject', '=', email).execute()
  const rowsOf = (table: string) =>
    app.db.selectFrom(table).selectAll().where('user_id', '=', identities[0]?.user_id).execute()
  return {
    users: users.length,
    identities: identities.length,
    credentials: (await rowsOf('identity.credentials')).length,
    sessions: (await rowsOf('identity.sessions')).length,
  }
}

test('the database has hashes, and no passwords (ID-3)', async () => {
  await app.signUp('hashed@example.com')
  const rows = await app.db.selectFrom('identity.credentials').selectAll().execute()
  assert.ok(rows.length > 0)
  for (const { password_hash } of rows) assert.match(password_hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
})

for (const [password, code] of [
  ['Password123', 'password-too-common'],
  ['йцукенгшщз', 'password-too-common'],
  ['aaaaaaaaaaaa', 'password-too-common'],
  ['weakling@example.com', 'password-too-common'],
] as const) {
  test(`the password ${password.slice(0, 20)} is refused as ${code} (ID-1)`, async () => {
    expectProblem(await register({ email: 'weakling@example.com', password }), 400, code)
  })
}

for (const [name, body] of Object.entries({
  'no e-mail': { password: goodPassword },
  'a word instead of an e-mail': bodyOf('anna'),
  'an endless e-mail': bodyOf(`${'a'.repeat(250)}@example.com`),
  'an e-mail that no server accepts': bodyOf(`${'a'.repeat(65)}@example.com`),
  'an e-mail with a zero byte': bodyOf('a\0@example.com'),
  'an object for a password': { email: 'c@example.com', password: { length: 12 } },
  'a short password (F-55)': { email: 'c@example.com', password: 'short7!' },
  'a short password of emoji (F-55)': { email: 'c@example.com', password: '🫖🍵🌸🌿' },
  'an endless password (F-55)': { email: 'c@example.com', password: 'x'.repeat(129) },
  'a name with a zero byte': bodyOf('c@example.com', { name: 'a\0b' }),
  'a line break in the name': bodyOf('c@example.com', { name: 'a\nb' }),
  'half a character for a name': bodyOf('c@example.com', { name: '\ud800' }),
  'an endless name': bodyOf('c@example.com', { name: 'x'.repeat(101) }),
  'a chosen role': bodyOf('c@example.com', { role: 'admin' }),
  'a chosen id': bodyOf('c@example.com', { id: '0192f3c4-0000-7000-8000-000000000001' }),
  superpowers: bodyOf('c@example.com', { is_superadmin: true }),
})) {
  test(`registering with ${name} is malformed (ID-1)`, async () => {
    const response = await register(body)
    expectProblem(response, 400, 'validation-failed')
    assert.match(response.headers['content-type'] ?? '', /problem\+json/)
  })
}

test('an account that is registered and deleted in a loop sends three e-mails, without the name that was typed (ID-13, A16)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    for (let n = 0; n < 5; n++) {
      const body = bodyOf(`bombed+${n}@example.com`, { name: 'You have won: https://evil.example' })
      const response = await limited.send('POST /auth/register', { body })
      const { access_token: token } = expectResponse(response, 201, SignedInView)
      expectResponse(await limited.send('DELETE /auth/me', { token, body: { password: goodPassword } }), 204)
    }
    assert.equal(limited.mails.length, 3)
    for (const { text } of limited.mails) assert.ok(!text.includes('evil'), text)
  } finally {
    await limited.close()
  }
})
