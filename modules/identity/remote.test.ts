import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { after, before, beforeEach, test } from 'node:test'
import { after as later, minutes, systemClock } from '#platform/values'
import { remoteIdentity } from './index.ts'
import { openIdentity, type Opened } from './testing.ts'

let house: Opened
let url: string
let asked = 0
let answering: (token: string) => Promise<{ status: number; body: string }>
const asApp = async (token: string) => {
  const { statusCode, body } = await house.post('validate', { token })
  return { status: statusCode, body }
}
const auth = createServer(async (request, reply) => {
  asked++
  const { token } = (await json(request)) as { token: string }
  const { status, body } = await answering(token)
  reply.writeHead(status, { 'content-type': 'application/json' }).end(body)
})
before(async () => {
  house = await openIdentity()
  auth.listen(0, '127.0.0.1')
  await once(auth, 'listening')
  url = `http://127.0.0.1:${(auth.address() as AddressInfo).port}`
})
beforeEach(() => {
  asked = 0
  answering = asApp
})
after(async () => {
  auth.close()
  auth.closeAllConnections()
  await house.close()
})

test('another service knows Anna by asking, and asks once for a burst of requests (ID-8)', async () => {
  const { access_token } = await house.signUp('anna@example.com')
  const remote = remoteIdentity({ url })
  const callers = await Promise.all(Array.from({ length: 20 }, () => remote.authenticate(access_token)))
  const local = await house.module.api.authenticate(access_token)
  for (const caller of callers) assert.deepEqual(caller, local)
  assert.deepEqual(await remote.authenticate(access_token), local)
  assert.equal(asked, 1)
  assert.equal(await remote.authenticate('nonsense'), undefined)
})

test('what is remembered of a token ends with the token (ID-8)', async () => {
  const { access_token } = await house.signUp('expiring@example.com')
  let time = systemClock()
  const remote = remoteIdentity({ url, now: () => time })
  assert.ok(await remote.authenticate(access_token))
  time = later(time, minutes(16))
  assert.equal(await remote.authenticate(access_token), undefined)
  assert.equal(asked, 1)
})

test('machine tokens are known without asking (ID-15)', async () => {
  const remote = remoteIdentity({ url: 'http://127.0.0.1:9', machineTokens: { internal: 'the bot token of the shop' } })
  assert.deepEqual(await remote.authenticate('the bot token of the shop'), {
    kind: 'machine',
    name: 'internal',
    permissions: [],
  })
})

test('when identity is away nobody is let in, and nobody is taken for a stranger (ID-8)', async () => {
  const { access_token } = await house.signUp('boris@example.com')
  const remote = remoteIdentity({ url })
  answering = async () => ({ status: 500, body: '{}' })
  await assert.rejects(remote.authenticate(access_token), { status: 503 })
  answering = asApp
  assert.ok(await remote.authenticate(access_token), 'a failure is not remembered')
  answering = async () => ({ status: 200, body: '{"user_id":"whoever","role":"admin"}' })
  assert.equal(await remoteIdentity({ url }).authenticate(access_token), undefined, 'what is no answer lets nobody in')
  await assert.rejects(remoteIdentity({ url: 'http://127.0.0.1:9' }).authenticate(access_token), { status: 503 })
})
