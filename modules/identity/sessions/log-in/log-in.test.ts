import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import bcrypt from 'bcryptjs'
import { expectProblem, expectResponse } from '#platform/testing'
import { SignedInView } from '../../schema.ts'
import { goodPassword, openIdentityTest, ratesWith, type IdentityTest } from '../../testing.ts'

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

test('after five wrong passwords the next attempt is refused without a look at its password (F-55, ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    for (let i = 0; i < 5; i++) {
      expectProblem(await limited.logIn('anna@example.com', `wrong ${i}`), 401, 'wrong-credentials')
    }
    const refused = await limited.logIn('anna@example.com')
    expectProblem(refused, 429, 'too-many-attempts')
    const retryAfter = Number(refused.headers['retry-after'])
    assert.ok(retryAfter > 890 && retryAfter <= 900, `the next attempt is granted after 900 s, not ${retryAfter}`)
    assert.equal(refused.headers['ratelimit-limit'], '5', 'not the numbers of the limit of every request (F-55)')
    assert.equal(refused.headers['ratelimit-remaining'], '0')
    expectProblem(await limited.logIn('other@example.com', 'wrong'), 401, 'wrong-credentials')
  } finally {
    await limited.close()
  }
})

const loginFrom = (api: IdentityTest, remoteAddress: string, { password = goodPassword, cookie = '' } = {}) =>
  api.http.inject({
    method: 'POST',
    url: '/api/v1/auth/login',
    remoteAddress,
    headers: { cookie },
    payload: { email: 'anna@example.com', password },
  })

/** Guesses Anna's password from a hundred addresses at once. Returns how many guesses were checked. */
async function guessFromEverywhere(api: IdentityTest): Promise<number> {
  const guesses = Array.from({ length: 100 }, (_, i) => loginFrom(api, `198.51.100.${i}`, { password: `guess ${i}` }))
  const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
  return statuses.filter((status) => status === 401).length
}

test('guesses from a hundred addresses do not lock the owner out, and get exactly their limit (F-38, ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    const first = await loginFrom(limited, '203.0.113.7')
    assert.equal(first.statusCode, 200)
    const cookie = String(first.headers['set-cookie']).split(';', 1)[0] ?? ''
    const { access_token } = first.json<{ access_token: string }>()

    assert.equal(await guessFromEverywhere(limited), 20)
    assert.equal((await loginFrom(limited, '203.0.113.99')).statusCode, 429, 'an unknown device waits')
    assert.equal((await loginFrom(limited, '203.0.113.99', { cookie })).statusCode, 200, 'a known device')
    assert.equal((await loginFrom(limited, '203.0.113.7')).statusCode, 200, 'a known address')
    const body = { current_password: goodPassword, new_password: 'coffee on Mondays' }
    expectResponse(await limited.send('POST /auth/password/change', { token: access_token, body }), 204)
  } finally {
    await limited.close()
  }
})

test('a forged cookie and the cookie of another account make no known device (F-38, ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    await limited.signUp('mallory@example.com')
    const own = await limited.logIn('mallory@example.com')
    const cookie = String(own.headers['set-cookie']).split(';', 1)[0] ?? ''
    assert.match(String(own.headers['set-cookie']), /; Path=\/; .*HttpOnly; SameSite=Lax/)
    assert.equal(await guessFromEverywhere(limited), 20)
    const forged = `${cookie.slice(0, -4)}AAAA`
    for (const one of [cookie, forged, 'posad_device=x', 'posad_device=.', 'posad_device=']) {
      assert.equal((await loginFrom(limited, '203.0.113.99', { cookie: one })).statusCode, 429, one)
    }
  } finally {
    await limited.close()
  }
})

test('a known device guesses no more often than its own limit (F-38, ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    await limited.signUp('anna@example.com')
    const cookie = String((await limited.logIn('anna@example.com')).headers['set-cookie']).split(';', 1)[0] ?? ''
    const guesses = Array.from({ length: 50 }, (_, i) =>
      loginFrom(limited, `203.0.113.${i}`, { cookie, password: `guess ${i}` }),
    )
    const statuses = (await Promise.all(guesses)).map(({ statusCode }) => statusCode)
    assert.equal(statuses.filter((status) => status === 401).length, 5)
    assert.equal(statuses.filter((status) => status === 429).length, 45)
  } finally {
    await limited.close()
  }
})

test('an address from which a thief was signed out is not a known one (F-38, ID-2)', async () => {
  const limited = await openIdentityTest({ limits: ratesWith() })
  try {
    const { access_token } = await limited.signUp('anna@example.com')
    assert.equal((await loginFrom(limited, '192.0.2.66')).statusCode, 200)
    await limited.db
      .updateTable('identity.sessions')
      .set({ ended_at: new Date(), end_reason: 'ended_by_owner' })
      .where('ip', '=', '192.0.2.66')
      .execute()
    assert.equal(await guessFromEverywhere(limited), 20)
    assert.equal((await loginFrom(limited, '192.0.2.66')).statusCode, 429)
    expectResponse(await limited.me(access_token), 200)
  } finally {
    await limited.close()
  }
})

test('answers with tokens are not cached (F-42, ID-2)', async () => {
  const response = await app.logIn('anna@example.com')
  assert.equal(response.headers['cache-control'], 'no-store')
  const { refresh_token } = expectResponse(response, 200, SignedInView)
  assert.equal((await app.refresh(refresh_token)).headers['cache-control'], 'no-store')
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
