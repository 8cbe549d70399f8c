import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openIdentity, type Opened, type SignedUp } from '../testing.ts'

let house: Opened
let anna: SignedUp
let boris: SignedUp
before(async () => {
  house = await openIdentity()
  anna = await house.signUp('anna@example.com')
  boris = await house.signUp('boris@example.com')
  for (let i = 0; i < 4; i++) await house.logIn('anna@example.com')
})
after(() => house.close())

const idsOf = async (token: string, query = '') =>
  (await house.get(`sessions${query}`, token)).json().items.map(({ id }: { id: string }) => id)
const end = (id: string, token?: string) =>
  house.http.inject({
    method: 'DELETE',
    url: `/api/v1/auth/sessions/${id}`,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  })

test('a person sees where she is signed in, newest first, and which one this is (ID-7)', async () => {
  const answer = await house.get('sessions', anna.access_token)
  assert.equal(answer.statusCode, 200)
  const { items, total } = answer.json()
  assert.equal(total, 5)
  assert.deepEqual(Object.keys(items[0]).toSorted(), [
    'created_at',
    'device',
    'expires_at',
    'id',
    'ip',
    'is_current',
    'used_at',
  ])
  assert.deepEqual(
    items.map((each: { is_current: boolean }) => each.is_current),
    [false, false, false, false, true],
  )
  assert.equal(items[0].ip, '127.0.0.1')
  assert.ok(items[0].device.length > 0)
})

test('a long list of sessions is read page by page without a gap (ID-7)', async () => {
  const first = (await house.get('sessions?page_size=2', anna.access_token)).json()
  const second = (await house.get(`sessions?page_size=2&cursor=${first.next_cursor}`, anna.access_token)).json()
  const third = (await house.get(`sessions?page_size=2&cursor=${second.next_cursor}`, anna.access_token)).json()
  assert.equal(third.next_cursor, null)
  const seen = [first, second, third].flatMap(({ items }) => items.map(({ id }: { id: string }) => id))
  assert.deepEqual(seen, await idsOf(anna.access_token))
})

test('a cursor that is not an id is malformed (ID-7)', async () => {
  const cursor = Buffer.from('["nonsense"]').toString('base64url')
  assert.equal((await house.get(`sessions?cursor=${cursor}`, anna.access_token)).statusCode, 400)
})

test('a person signs out one of her devices, and only hers (ID-7, attack 4)', async () => {
  const [own] = await idsOf(boris.access_token)
  const [device] = await idsOf(anna.access_token)
  assert.equal((await end(own, anna.access_token)).statusCode, 404)
  assert.equal((await house.get('me', boris.access_token)).statusCode, 200)
  assert.equal((await end(device, anna.access_token)).statusCode, 204)
  assert.equal((await end(device, anna.access_token)).statusCode, 404, 'it is not there any more')
  assert.ok(!(await idsOf(anna.access_token)).includes(device))
})

test('sessions are for who is signed in, and ids are ids (ID-7)', async () => {
  assert.equal((await house.get('sessions')).statusCode, 401)
  assert.equal((await end('0192f3c4-0000-7000-8000-000000000001')).statusCode, 401)
  assert.equal((await end('0192f3c4-0000-7000-8000-000000000001', anna.access_token)).statusCode, 404)
  assert.equal((await end('1', anna.access_token)).statusCode, 400)
  assert.equal((await house.get('sessions?user_id=1', anna.access_token)).statusCode, 400)
})
