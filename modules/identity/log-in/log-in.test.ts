import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import bcrypt from 'bcryptjs'
import { expectProblem, expectResponse } from '#platform/testing'
import { SignedInView } from '../schema.ts'
import { goodPassword, openIdentityTest, ratesWith, type IdentityTest } from '../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
  await app.signUp('anna@example.com')
})
after(() => app.close())

test('a customer logs in with e-mail and password, in upper or lower case (ID-2)', async () => {
  const { user, access_token } = await app.enter('Anna@EXAMPLE.com')
  assert.equal(user.email, 'anna@example.com')
  expectResponse(await app.me(access_token), 200)
})

test('a wrong password and an unknown e-mail get the same answer (ID-2)', async () => {
  const [wrong, ...others] = [
    await app.logIn('anna@example.com', 'not her password'),
    await app.logIn('unknown@example.com', 'not her password'),
    await app.logIn("' or 1=1 --", 'not her password'),
  ].map((response) => ({ ...expectProblem(response, 401, 'wrong-credentials'), request_id: '' }))
  for (const other of others) assert.deepEqual(other, wrong)
})

test('a wrong password and an unknown e-mail take the same time (ID-2)', async () => {
  const slow = await openIdentityTest({ passwords: { cost: { memory: 8192, passes: 2, parallelism: 1 } } })
  try {
    await slow.signUp('anna@example.com')
    const times = { wrong: [] as number[], unknown: [] as number[] }
    // The two alternate, so that other load on the machine slows down both.
    for (let i = 0; i < 30; i++) {
      times.wrong.push(await timeOf(() => slow.logIn('anna@example.com', 'not her password')))
      times.unknown.push(await timeOf(() => slow.logIn(`unknown-${i}@example.com`, 'not her password')))
    }
    const [wrong, unknown] = [medianOf(times.wrong), medianOf(times.unknown)]
    assert.ok(Math.max(wrong, unknown) < 1.6 * Math.min(wrong, unknown), `${wrong} ms and ${unknown} ms`)
  } finally {
    await slow.close()
  }
})

async function timeOf(work: () => ReturnType<IdentityTest['logIn']>): Promise<number> {
  const start = performance.now()
  const response = await work()
  const end = performance.now()
  expectProblem(response, 401, 'wrong-credentials')
  return end - start
}

const medianOf = (times: number[]): number => times.toSorted((one, other) => one - other)[times.length / 2] ?? 0

test('a bcrypt password of an imported account works, and its hash becomes Argon2id (ID-3)', async () => {
  const { user } = await app.signUp('legacy@example.com')
  const password_hash = await bcrypt.hash('the old password', 4)
  await updateHash(user.id, password_hash)
  expectProblem(await app.logIn('legacy@example.com', 'not the old password'), 401, 'wrong-credentials')
  assert.equal(await findHash(user.id), password_hash)
  await app.enter('legacy@example.com', 'the old password')
  assert.match(await findHash(user.id), /^\$argon2id\$/)
  await app.enter('legacy@example.com', 'the old password')
})

test('a hash of another cost is replaced when its user logs in (ID-3)', async () => {
  const { user } = await app.signUp('cost@example.com')
  const other = await openIdentityTest({ passwords: { cost: { memory: 128, passes: 1, parallelism: 1 } } })
  await other.signUp('cost@example.com')
  const rows = await other.db.selectFrom('identity.credentials').selectAll().execute()
  await other.close()
  await updateHash(user.id, rows[0]?.password_hash)
  await app.enter('cost@example.com')
  assert.match(await findHash(user.id), /m=64,t=1,p=1/)
})

const updateHash = (user_id: string, password_hash: string) =>
  app.db.updateTable('identity.credentials').set({ password_hash }).where('user_id', '=', user_id).execute()

async function findHash(user_id: string): Promise<string> {
  const query = app.db.selectFrom('identity.credentials').select('password_hash').where('user_id', '=', user_id)
  return (await query.executeTakeFirstOrThrow()).password_hash
}

test('only a client that knows the password learns that the account is blocked (ID-2)', async () => {
  const { user } = await app.signUp('blocked@example.com')
  await app.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  expectProblem(await app.logIn('blocked@example.com', 'not his password'), 401, 'wrong-credentials')
  expectProblem(await app.logIn('blocked@example.com'), 403, 'account-blocked')
})

test('after five wrong passwords the next attempt is refused without a look at its password (ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    for (let i = 0; i < 5; i++) {
      expectProblem(await limited.logIn('anna@example.com', `wrong ${i}`), 401, 'wrong-credentials')
    }
    const refused = await limited.logIn('anna@example.com')
    expectProblem(refused, 429, 'too-many-attempts')
    const retryAfter = Number(refused.headers['retry-after'])
    assert.ok(retryAfter > 170 && retryAfter <= 180, `five in a quarter of an hour are one in 180 s, not ${retryAfter}`)
    expectProblem(await limited.logIn('other@example.com', 'wrong'), 401, 'wrong-credentials')
  } finally {
    await limited.close()
  }
})

test('a spoofed X-Forwarded-For does not give another attempt (attack 16)', async () => {
  const limited = await openIdentityTest({
    limits: ratesWith({ login_address: { count: 3, seconds: 900, burst: 3 } }),
  })
  try {
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) {
      const { status } = await limited.send('POST /auth/login', {
        body: { email: `victim-${i}@example.com`, password: 'guess' },
        headers: { 'x-forwarded-for': `203.0.113.${i}` },
      })
      statuses.push(status)
    }
    assert.deepEqual(statuses, [401, 401, 401, 429, 429])
  } finally {
    await limited.close()
  }
})

test('a user who always knows the password is never refused (ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    for (let i = 0; i < 25; i++) await limited.enter('anna@example.com')
  } finally {
    await limited.close()
  }
})

test('when too many log in at once, those beyond the queue get 503 (ID-3)', async () => {
  const narrow = await openIdentityTest({
    passwords: { cost: { memory: 4096, passes: 2, parallelism: 1 }, concurrency: 1, maxWaiting: 2 },
  })
  try {
    const attempts = Array.from({ length: 12 }, () => narrow.logIn('unknown@example.com', 'wrong'))
    const responses = await Promise.all(attempts)
    const busy = responses.filter(({ status }) => status === 503)
    assert.ok(busy.length > 0)
    for (const response of busy) {
      expectProblem(response, 503, 'busy')
      assert.equal(response.headers['retry-after'], '2')
    }
    for (const response of responses.filter((one) => !busy.includes(one))) {
      expectProblem(response, 401, 'wrong-credentials')
    }
  } finally {
    await narrow.close()
  }
})

for (const [name, body] of Object.entries({
  nothing: {},
  'no password': { email: 'anna@example.com' },
  'an empty password': { email: 'anna@example.com', password: '' },
  'an e-mail with a zero byte': { email: 'anna\0@example.com', password: goodPassword },
  'an object for an e-mail': { email: { $ne: null }, password: goodPassword },
  'an unknown field': { email: 'anna@example.com', password: goodPassword, role: 'admin' },
})) {
  test(`logging in with ${name} is malformed (ID-2)`, async () => {
    expectProblem(await app.send('POST /auth/login', { body }), 400, 'validation-failed')
  })
}

test('a login returns exactly the user and the tokens (ID-2)', async () => {
  const signedIn = expectResponse(await app.logIn('anna@example.com'), 200, SignedInView)
  assert.deepEqual(Object.keys(signedIn).toSorted(), ['access_token', 'expires_in', 'refresh_token', 'user'])
})
