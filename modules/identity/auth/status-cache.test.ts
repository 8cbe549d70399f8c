import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually, expectResponse } from '#platform/testing'
import { adminToken, openIdentityTest, type IdentityTest } from '../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

const initial = ['orders.read', 'payments.read', 'delivery.read', 'users.read', 'support.answer']
const grant = async (permissions: readonly string[]) =>
  expectResponse(await app.send('PUT /admin/roles/support', { token: adminToken, body: { permissions } }), 200)
const change = async (id: string, body: object) =>
  expectResponse(await app.send(`PATCH /admin/users/${id}`, { token: adminToken, body }), 200)

type Authenticate = ReturnType<IdentityTest['openAnother']>['authenticate']
const permissionsOf = async (authenticate: Authenticate, token: string) => {
  const caller = await authenticate(token)
  return caller?.kind === 'user' ? caller.permissions : undefined
}

test('the database notifies every process of changed rights and ended sessions (ID-14, ID-7)', async () => {
  const { authenticate } = app.openAnother({ watches: true })
  const olga = await app.signUpStaff('olga@example.com', 'support')
  const [first, second, third] = [olga, await app.enter('olga@example.com'), await app.enter('olga@example.com')]
  const seen = (token = first.access_token) => permissionsOf(authenticate, token)
  assert.deepEqual(await seen(), initial.toSorted())
  await grant(['users.read'])
  await eventually(async () => assert.deepEqual(await seen(), ['users.read']))
  // The other process has connected by now: only a notification clears its cache.
  await grant(['orders.read'])
  await eventually(async () => assert.deepEqual(await seen(), ['orders.read']))
  await change(olga.user.id, { role: 'courier' })
  await eventually(async () => assert.deepEqual(await seen(), ['delivery.deliver']))
  assert.ok(await seen(second.access_token))
  expectResponse(await app.send('POST /auth/logout', { token: second.access_token }), 204)
  await eventually(async () => assert.equal(await seen(second.access_token), undefined))
  assert.ok(await seen(third.access_token))
  await change(olga.user.id, { status: 'blocked' })
  await eventually(async () => assert.equal(await seen(third.access_token), undefined))
  await grant(initial)
})

test('a route of staff reads the rights on each request, also without a notification (ID-14)', async () => {
  const { authenticate } = app.openAnother({ watches: false })
  const { user, access_token } = await app.signUpStaff('ivan@example.com', 'operator')
  const use = { isWrite: true, isOfStaff: true }
  assert.ok((await permissionsOf(authenticate, access_token))?.includes('payments.refund'))
  await app.module.users.grantRole('ivan@example.com', 'courier')
  const dismissed = await authenticate(access_token, use)
  assert.deepEqual(dismissed?.kind === 'user' && dismissed.permissions, ['delivery.deliver'])
  await change(user.id, { status: 'blocked' })
  assert.equal(await authenticate(access_token, use), undefined)
})
