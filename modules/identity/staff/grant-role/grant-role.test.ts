import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { violationsOf } from '#platform/testing'
import { permissions, permissionsOf, roles } from '../../permissions.ts'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

async function permissionsNow(token: string) {
  const caller = await app.module.api.authenticate(token)
  return caller?.kind === 'user' ? caller.permissions : undefined
}

test('a role that is given or taken away acts at once on tokens in use (ID-5, ID-14)', async () => {
  const { access_token } = await app.signUp('oleg@example.com')
  await app.verify('oleg@example.com')
  assert.deepEqual(await permissionsNow(access_token), [])
  assert.equal((await app.module.users.grantRole(' OLEG@example.com', 'operator')).kind, 'granted')
  assert.ok((await permissionsNow(access_token))?.includes('orders.write'))
  await app.module.users.grantRole('oleg@example.com', 'customer')
  assert.deepEqual(await permissionsNow(access_token), [])
})

test('the person who typed an e-mail first becomes no admin before the mailbox is proven (ID-17)', async () => {
  const { access_token } = await app.signUp('owner@example.com')
  const refused = { kind: 'refused', reason: 'email-not-verified' }
  assert.deepEqual(await app.module.users.grantRole('owner@example.com', 'admin'), refused)
  assert.deepEqual(await permissionsNow(access_token), [])
  await app.verify('owner@example.com')
  assert.equal((await app.module.users.grantRole('owner@example.com', 'admin')).kind, 'granted')
})

test('an unknown e-mail gets no role (ID-17)', async () => {
  const outcome = await app.module.users.grantRole('unknown@example.com', 'admin')
  assert.deepEqual(outcome, { kind: 'not-found', what: 'user' })
})

test('the table grants known permissions to known roles, and admins need no rows (ID-14)', async () => {
  const rows = await app.db.selectFrom('identity.role_permissions').selectAll().execute()
  assert.ok(rows.length > 0)
  for (const { role, permission } of rows) {
    assert.ok(roles.includes(role), role)
    assert.ok(permissions.includes(permission), permission)
    assert.ok(role !== 'customer', 'customers are no staff')
  }
  assert.deepEqual(permissionsOf('admin', []), permissions)
  assert.deepEqual(permissionsOf('superadmin', []), permissions)
  assert.deepEqual(permissionsOf('customer', []), [])
})

test('the checks find a user without an identity, and nothing else (REL)', async () => {
  await app.signUp('honest@example.com')
  await app.assertNoViolations()
  const lost = await app.signUp('lost@example.com')
  await app.db.deleteFrom('identity.identities').where('user_id', '=', lost.user.id).execute()
  assert.deepEqual(await violationsOf(app.module), [{ user_id: lost.user.id }])
})
