import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { crowd, expectProblem, expectResponse } from '#platform/testing'
import { permissions, roles } from '../../permissions.ts'
import { adminToken, openIdentityTest, type IdentityTest } from '../../testing.ts'
import { RolesView, RoleView } from '../schema.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

const put = (role: string, granted: readonly string[], token = adminToken) =>
  app.send(`PUT /admin/roles/${role}`, { token, body: { permissions: granted } })
const list = async () => expectResponse(await app.send('GET /admin/roles', { token: adminToken }), 200, RolesView).roles

test('a superadmin edits the permissions of a role, and they act at once (ID-14)', async () => {
  const superadmin = await app.signUpStaff('super@example.com', 'superadmin')
  const marketer = await app.signUpStaff('marketer@example.com', 'marketer')
  expectProblem(await app.send('GET /admin/users', { token: marketer.access_token }), 403, 'forbidden')
  const changed = await put('marketer', ['users.read', 'catalog.write'], superadmin.access_token)
  assert.deepEqual(expectResponse(changed, 200, RoleView).permissions, ['catalog.write', 'users.read'])
  expectResponse(await app.send('GET /admin/users', { token: marketer.access_token }), 200)
  await put('marketer', [], superadmin.access_token)
  expectProblem(await app.send('GET /admin/users', { token: marketer.access_token }), 403, 'forbidden')
})

test('each user of a role is published with its new permissions, once for each change (ID-14, DSP-10)', async () => {
  const { user } = await app.signUpStaff('pyotr@example.com', 'courier')
  const own = async () =>
    (await app.eventsOf('identity.user-role-changed.v1')).filter((each) => each.user_id === user.id)
  const before = (await own()).length
  await put('courier', ['delivery.read'])
  await put('courier', ['delivery.read'])
  assert.deepEqual((await own()).slice(before), [{ user_id: user.id, role: 'courier', permissions: ['delivery.read'] }])
})

test('an admin edits no permissions, and those of admins and customers are fixed (ID-14)', async () => {
  const admin = await app.signUpStaff('admin@example.com', 'admin')
  expectProblem(await put('operator', [], admin.access_token), 403, 'superadmin-needed')
  for (const role of ['admin', 'superadmin', 'customer']) expectProblem(await put(role, []), 409, 'role-not-editable')
  expectProblem(await put('operator', ['everything']), 400, 'validation-failed')
  const all = await list()
  assert.deepEqual(
    all.map(({ role }) => role),
    roles,
  )
  assert.deepEqual(all.find(({ role }) => role === 'admin')?.permissions, permissions)
})

test('of two edits at once one wins, and none is mixed with the other (ID-14)', async () => {
  const one = ['catalog.write', 'orders.read']
  const other = ['users.read']
  for (let round = 0; round < 5; round++) {
    await crowd(6, (i) => put('support', i % 2 ? one : other))
    const granted = (await list()).find(({ role }) => role === 'support')?.permissions ?? []
    assert.ok(
      [one, other].some((each) => JSON.stringify(each) === JSON.stringify(granted)),
      granted.join(),
    )
  }
})
