import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { OutputOf, Remote } from '#platform/calls'
import { Unavailable } from '#platform/outcome'
import { after as later, minutes, systemClock } from '#platform/values'
import { remoteIdentity } from './index.ts'
import { adminToken, openIdentityTest, type IdentityTest } from './testing.ts'

let app: IdentityTest
let requests = 0
/** Answers like the internal route of the app. */
const answerOfApp = async (token: string): Promise<unknown> => {
  const response = await app.send('POST /auth/validate', { body: { token } })
  return { valid: response.status === 200 ? response.body : null }
}
let answerOf = answerOfApp
const remote: Remote = {
  call: async (call, input) => {
    requests++
    assert.equal(call.path, 'identity/validate-token')
    return (await answerOf((input as { token: string }).token)) as OutputOf<typeof call>
  },
}
before(async () => {
  app = await openIdentityTest()
})
beforeEach(() => {
  requests = 0
  answerOf = answerOfApp
})
after(() => app.close())

const unavailable = { name: 'Unavailable' }

test('another service learns that the caller is Anna, with one request for a burst of calls (ID-8)', async () => {
  const { access_token } = await app.signUp('anna@example.com')
  const identity = remoteIdentity({ remote })
  const callers = await Promise.all(Array.from({ length: 20 }, () => identity.authenticate(access_token)))
  const local = await app.module.api.authenticate(access_token)
  for (const caller of callers) assert.deepEqual(caller, local)
  assert.deepEqual(await identity.authenticate(access_token), local)
  assert.equal(requests, 1)
  assert.equal(await identity.authenticate('nonsense'), undefined)
})

test('a write asks the auth service again, and so do staff: a blocked user is out with the next request (ID-14)', async () => {
  const write = { isWrite: true, isOfStaff: false }
  const ofStaff = { isWrite: false, isOfStaff: true }
  const olga = await app.signUpStaff('olga@example.com', 'operator')
  const nina = await app.signUp('nina@example.com')
  const identity = remoteIdentity({ remote })
  for (const { access_token } of [olga, nina]) assert.ok(await identity.authenticate(access_token))
  assert.ok(await identity.authenticate(nina.access_token, ofStaff))
  assert.equal(requests, 2, 'a customer gains nothing on a route of staff')
  for (const { user } of [olga, nina])
    await app.send(`PATCH /admin/users/${user.id}`, { token: adminToken, body: { status: 'blocked' } })
  assert.ok(await identity.authenticate(nina.access_token), 'a read may use the cache')
  assert.equal(await identity.authenticate(olga.access_token, ofStaff), undefined)
  assert.equal(await identity.authenticate(nina.access_token, write), undefined)
  assert.equal(await identity.authenticate(nina.access_token), undefined, 'the answer replaces the cached one')
})

test('a cached caller expires with its token (ID-8)', async () => {
  const { access_token } = await app.signUp('expiring@example.com')
  let time = systemClock()
  const identity = remoteIdentity({ remote, now: () => time })
  assert.ok(await identity.authenticate(access_token))
  time = later(time, minutes(16))
  assert.equal(await identity.authenticate(access_token), undefined)
  assert.equal(requests, 1)
})

test('machine tokens are checked without a request (ID-15)', async () => {
  const identity = remoteIdentity({ remote, machineTokens: { internal: 'the bot token of the shop' } })
  const machine = { kind: 'machine', name: 'internal', permissions: [] }
  assert.deepEqual(await identity.authenticate('the bot token of the shop'), machine)
  assert.equal(requests, 0)
})

test('without an answer of the auth service no token is accepted, and none is called invalid (ID-8)', async () => {
  const { access_token } = await app.signUp('boris@example.com')
  const identity = remoteIdentity({ remote })
  answerOf = async () => {
    throw new Unavailable('The auth service')
  }
  await assert.rejects(identity.authenticate(access_token), unavailable)
  answerOf = answerOfApp
  assert.ok(await identity.authenticate(access_token), 'a failure is not cached')
})
