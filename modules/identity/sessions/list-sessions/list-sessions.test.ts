import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Page } from '#platform/schema'
import { expectProblem, expectResponse } from '#platform/testing'
import { type SignedInView } from '../../schema.ts'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'
import { SessionView } from '../schema.ts'

let app: IdentityTest
let anna: SignedInView
let boris: SignedInView
before(async () => {
  app = await openIdentityTest()
  anna = await app.signUp('anna@example.com')
  boris = await app.signUp('boris@example.com')
  for (let i = 0; i < 4; i++) await app.enter('anna@example.com')
})
after(() => app.close())

const pageOf = async (token: string, query = '') =>
  expectResponse(await app.send(`GET /auth/sessions${query}`, { token }), 200, Page(SessionView))
const idsOf = async (token: string) => (await pageOf(token)).items.map(({ id }) => id)
const end = (id = '', token?: string) => app.send(`DELETE /auth/sessions/${id}`, token === undefined ? {} : { token })

test('a user sees her sessions, newest first, and which one this is (ID-7)', async () => {
  const { items, total } = await pageOf(anna.access_token)
  assert.equal(total, 5)
  assert.deepEqual(Object.keys(items[0] ?? {}).toSorted(), [
    'created_at',
    'device',
    'expires_at',
    'id',
    'ip',
    'is_current',
    'used_at',
  ])
  const current = items.map(({ is_current }) => is_current)
  assert.deepEqual(current, [false, false, false, false, true])
  assert.equal(items[0]?.ip, '127.0.0.1')
  assert.ok(items[0].device.length > 0)
})

test('a long list of sessions is read page by page without a gap (ID-7)', async () => {
  const first = await pageOf(anna.access_token, '?page_size=2')
  const second = await pageOf(anna.access_token, `?page_size=2&cursor=${first.next_cursor}`)
  const third = await pageOf(anna.access_token, `?page_size=2&cursor=${second.next_cursor}`)
  assert.equal(third.next_cursor, null)
  const ids = [first, second, third].flatMap(({ items }) => items.map(({ id }) => id))
  assert.deepEqual(ids, await idsOf(anna.access_token))
})

test('a cursor that is no id is malformed (ID-7)', async () => {
  const cursor = Buffer.from('["nonsense"]').toString('base64url')
  const response = await app.send(`GET /auth/sessions?cursor=${cursor}`, { token: anna.access_token })
  expectProblem(response, 400, 'bad-cursor')
})

test('a user signs out one of her devices, and only hers (ID-7, attack 4)', async () => {
  const [hisDevice] = await idsOf(boris.access_token)
  const [device = ''] = await idsOf(anna.access_token)
  expectProblem(await end(hisDevice, anna.access_token), 404, 'not-found')
  expectResponse(await app.me(boris.access_token), 200)
  expectResponse(await end(device, anna.access_token), 204)
  expectProblem(await end(device, anna.access_token), 404, 'not-found')
  assert.ok(!(await idsOf(anna.access_token)).includes(device))
})

test('sessions are for users only, and an id must be an id (ID-7)', async () => {
  const unknown = '0192f3c4-0000-7000-8000-000000000001'
  expectProblem(await app.send('GET /auth/sessions'), 401, 'unauthorized')
  expectProblem(await end(unknown), 401, 'unauthorized')
  expectProblem(await end(unknown, anna.access_token), 404, 'not-found')
  expectProblem(await end('1', anna.access_token), 400, 'validation-failed')
  const response = await app.send('GET /auth/sessions?user_id=1', { token: anna.access_token })
  expectProblem(response, 400, 'validation-failed')
})
