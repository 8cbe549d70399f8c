import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, before, beforeEach, test } from 'node:test'
import { after as later, minutes, systemClock } from '#platform/values'
import { remoteIdentity } from './index.ts'
import { openIdentityTest, type IdentityTest } from './testing.ts'

let app: IdentityTest
let url: string
let requests = 0
type Answer = Readonly<{ status: number; text: string }>
let answerOf: (token: string) => Promise<Answer>
const answerOfApp = (token: string): Promise<Answer> => app.send('POST /auth/validate', { body: { token } })
const authService = createServer(async (request, reply) => {
  requests++
  const { token } = (await json(request)) as { token: string }
  const { status, text } = await answerOf(token)
  reply.writeHead(status, { 'content-type': 'application/json' }).end(text)
})
before(async () => {
  app = await openIdentityTest()
  authService.listen(0, '127.0.0.1')
  await once(authService, 'listening')
  url = `http://127.0.0.1:${(authService.address() as AddressInfo).port}`
})
beforeEach(() => {
  requests = 0
  answerOf = answerOfApp
})
after(async () => {
  authService.close()
  authService.closeAllConnections()
  await app.close()
})

const unavailable = { name: 'Unavailable' }

test('another service learns that the caller is Anna, with one request for a burst of calls (ID-8)', async () => {
  const { access_token } = await app.signUp('anna@example.com')
  const remote = remoteIdentity({ url })
  const callers = await Promise.all(Array.from({ length: 20 }, () => remote.authenticate(access_token)))
  const local = await app.module.api.authenticate(access_token)
  for (const caller of callers) assert.deepEqual(caller, local)
  assert.deepEqual(await remote.authenticate(access_token), local)
  assert.equal(requests, 1)
  assert.equal(await remote.authenticate('nonsense'), undefined)
})

test('a cached caller expires with its token (ID-8)', async () => {
  const { access_token } = await app.signUp('expiring@example.com')
  let time = systemClock()
  const remote = remoteIdentity({ url, now: () => time })
  assert.ok(await remote.authenticate(access_token))
  time = later(time, minutes(16))
  assert.equal(await remote.authenticate(access_token), undefined)
  assert.equal(requests, 1)
})

test('machine tokens are checked without a request (ID-15)', async () => {
  const remote = remoteIdentity({ url: 'http://127.0.0.1:9', machineTokens: { internal: 'the bot token of the shop' } })
  const machine = { kind: 'machine', name: 'internal', permissions: [] }
  assert.deepEqual(await remote.authenticate('the bot token of the shop'), machine)
})

test('without an answer of the auth service no token is accepted, and none is called invalid (ID-8)', async () => {
  const { access_token } = await app.signUp('boris@example.com')
  const remote = remoteIdentity({ url })
  answerOf = async () => ({ status: 500, text: '{}' })
  await assert.rejects(remote.authenticate(access_token), unavailable)
  answerOf = answerOfApp
  assert.ok(await remote.authenticate(access_token), 'a failure is not cached')
  await assert.rejects(remoteIdentity({ url: 'http://127.0.0.1:9' }).authenticate(access_token), unavailable)
})

test('an answer with another shape accepts no token (ID-8)', async () => {
  const { access_token } = await app.signUp('olga@example.com')
  for (const text of ['{"user_id":"unknown","role":"admin"}', 'no JSON']) {
    answerOf = async () => ({ status: 200, text })
    assert.equal(await remoteIdentity({ url }).authenticate(access_token), undefined)
  }
})
