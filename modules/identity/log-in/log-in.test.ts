import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import bcrypt from 'bcryptjs'
import { goodPassword, openIdentity, type Opened } from '../testing.ts'

let house: Opened
before(async () => {
  house = await openIdentity()
  await house.signUp('anna@example.com')
})
after(() => house.close())

test('a customer logs in with e-mail and password, in whatever case the e-mail is (ID-2)', async () => {
  const answer = await house.post('login', { email: 'Anna@EXAMPLE.com', password: goodPassword })
  assert.equal(answer.statusCode, 200)
  assert.equal(answer.json().user.email, 'anna@example.com')
  assert.equal((await house.get('me', answer.json().access_token)).statusCode, 200)
})

test('a wrong password and an unknown e-mail are the same answer (ID-2)', async () => {
  const wrong = await house.logIn('anna@example.com', 'not her password')
  const unknown = await house.logIn('nobody@example.com', 'not her password')
  const malformed = await house.logIn("' or 1=1 --", 'not her password')
  assert.equal(wrong.statusCode, 401)
  const { request_id: _, ...problem } = wrong.json()
  for (const other of [unknown, malformed]) {
    const { request_id: _ignored, ...same } = other.json()
    assert.deepEqual(same, problem)
  }
})

test('a wrong password and an unknown e-mail take the same time (ID-2)', async () => {
  const dear = await openIdentity({ passwords: { cost: { memory: 8192, passes: 2, parallelism: 1 } } })
  try {
    await dear.signUp('anna@example.com')
    const times = { wrong: [] as number[], unknown: [] as number[] }
    // Taken in turns, so that a busy machine is busy for both.
    for (let i = 0; i < 30; i++) {
      times.wrong.push(await timeOf(() => dear.logIn('anna@example.com', 'not her password')))
      times.unknown.push(await timeOf(() => dear.logIn(`nobody-${i}@example.com`, 'not her password')))
    }
    const [wrong, unknown] = [medianOf(times.wrong), medianOf(times.unknown)]
    assert.ok(Math.max(wrong, unknown) < 1.6 * Math.min(wrong, unknown), `${wrong} ms and ${unknown} ms`)
  } finally {
    await dear.close()
  }
})

async function timeOf(work: () => Promise<{ statusCode: number }>): Promise<number> {
  const start = performance.now()
  const { statusCode } = await work()
  assert.equal(statusCode, 401)
  return performance.now() - start
}

const medianOf = (times: number[]): number => times.toSorted((one, other) => one - other)[times.length / 2] ?? 0

test('a bcrypt password of the old shop works, and is kept as Argon2id from then on (ID-3)', async () => {
  const { user } = await house.signUp('legacy@example.com')
  const password_hash = await bcrypt.hash('the old password', 4)
  await keepHash(user.id, password_hash)
  assert.equal((await house.logIn('legacy@example.com', 'not the old password')).statusCode, 401)
  assert.equal(await readHash(user.id), password_hash)
  assert.equal((await house.logIn('legacy@example.com', 'the old password')).statusCode, 200)
  assert.match(await readHash(user.id), /^\$argon2id\$/)
  assert.equal((await house.logIn('legacy@example.com', 'the old password')).statusCode, 200)
})

test('a hash of another cost is made anew when its owner logs in (ID-3)', async () => {
  const { user } = await house.signUp('cost@example.com')
  const dearer = await openIdentity({ passwords: { cost: { memory: 128, passes: 1, parallelism: 1 } } })
  await dearer.signUp('cost@example.com')
  const rows = await dearer.db.selectFrom('identity.credentials').selectAll().execute()
  await dearer.close()
  await keepHash(user.id, rows[0]?.password_hash)
  assert.equal((await house.logIn('cost@example.com')).statusCode, 200)
  assert.match(await readHash(user.id), /m=64,t=1,p=1/)
})

const keepHash = (user_id: string, password_hash: string) =>
  house.db.updateTable('identity.credentials').set({ password_hash }).where('user_id', '=', user_id).execute()

async function readHash(user_id: string): Promise<string> {
  const query = house.db.selectFrom('identity.credentials').select('password_hash').where('user_id', '=', user_id)
  return (await query.executeTakeFirstOrThrow()).password_hash
}

test('only who knows the password learns that an account is blocked (ID-2)', async () => {
  const { user } = await house.signUp('blocked@example.com')
  await house.db.updateTable('identity.users').set({ status: 'blocked' }).where('id', '=', user.id).execute()
  assert.equal((await house.logIn('blocked@example.com', 'not his password')).statusCode, 401)
  const answer = await house.logIn('blocked@example.com')
  assert.equal(answer.statusCode, 403)
  assert.equal(answer.json().code, 'account-blocked')
})

test('the sixth wrong password within a quarter of an hour is not even looked at (ID-2)', async () => {
  const guarded = await openIdentity({ limits: { kind: 'on', rates: {} } })
  try {
    await guarded.signUp('anna@example.com')
    for (let i = 0; i < 5; i++) {
      assert.equal((await guarded.logIn('anna@example.com', `wrong ${i}`)).statusCode, 401)
    }
    const refused = await guarded.logIn('anna@example.com')
    assert.equal(refused.statusCode, 429)
    assert.equal(refused.json().code, 'too-many-attempts')
    assert.ok(Number(refused.headers['retry-after']) > 800)
    assert.equal((await guarded.logIn('other@example.com', 'wrong')).statusCode, 401, 'others are not in the way')
  } finally {
    await guarded.close()
  }
})

test('a spoofed X-Forwarded-For does not buy another attempt (attack 16)', async () => {
  const guarded = await openIdentity({ limits: { kind: 'on', rates: { login_address: { count: 3, seconds: 900 } } } })
  try {
    const attempt = (i: number) =>
      guarded.http.inject({
        method: 'POST',
        url: '/api/v1/auth/login',
        payload: { email: `victim-${i}@example.com`, password: 'guess' },
        headers: { 'x-forwarded-for': `203.0.113.${i}` },
      })
    const codes: number[] = []
    for (let i = 0; i < 5; i++) codes.push((await attempt(i)).statusCode)
    assert.deepEqual(codes, [401, 401, 401, 429, 429])
  } finally {
    await guarded.close()
  }
})

test('whoever always knows the password is never refused (ID-2)', async () => {
  const guarded = await openIdentity({ limits: { kind: 'on', rates: {} } })
  try {
    await guarded.signUp('anna@example.com')
    for (let i = 0; i < 25; i++) assert.equal((await guarded.logIn('anna@example.com')).statusCode, 200)
  } finally {
    await guarded.close()
  }
})

test('when everybody logs in at once the queue ends with 503, not with a dead machine (ID-3)', async () => {
  const narrow = await openIdentity({
    passwords: { cost: { memory: 4096, passes: 2, parallelism: 1 }, atOnce: 1, queue: 2 },
  })
  try {
    const attempts = Array.from({ length: 12 }, () => narrow.logIn('nobody@example.com', 'wrong'))
    const answers = await Promise.all(attempts)
    const busy = answers.filter(({ statusCode }) => statusCode === 503)
    assert.ok(busy.length > 0)
    assert.ok(answers.every(({ statusCode }) => statusCode === 503 || statusCode === 401))
    assert.equal(busy[0]?.json().code, 'busy')
    assert.ok(Number(busy[0]?.headers['retry-after']) >= 1)
  } finally {
    await narrow.close()
  }
})

for (const [what, body] of Object.entries({
  nothing: {},
  'no password': { email: 'anna@example.com' },
  'an empty password': { email: 'anna@example.com', password: '' },
  'an e-mail with a zero byte': { email: 'anna\0@example.com', password: goodPassword },
  'an object for an e-mail': { email: { $ne: null }, password: goodPassword },
  'an unknown field': { email: 'anna@example.com', password: goodPassword, role: 'admin' },
})) {
  test(`logging in with ${what} is malformed (ID-2)`, async () => {
    assert.equal((await house.post('login', body)).statusCode, 400)
  })
}
