import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Caller } from '#platform/http'
import { permissions, permissionsOf, roles } from '../permissions.ts'
import { goodPassword, openIdentity, type Opened } from '../testing.ts'

let house: Opened
before(async () => {
  house = await openIdentity()
})
after(() => house.close())

const permissionsIn = (caller: Caller | undefined) => (caller?.kind === 'user' ? caller.permissions : undefined)
const now = async (token: string) => permissionsIn(await house.module.api.authenticate(token))

test('a role given or taken acts at once, on a token that is already out (ID-5, ID-14)', async () => {
  const { access_token } = await house.signUp('oleg@example.com')
  assert.deepEqual(await now(access_token), [])
  const granted = await house.module.usersAdmin.grantRole(' OLEG@example.com', 'operator')
  assert.equal(granted.kind, 'granted')
  assert.ok((await now(access_token))?.includes('orders.write'))
  await house.module.usersAdmin.grantRole('oleg@example.com', 'customer')
  assert.deepEqual(await now(access_token), [])
})

test('nobody is made staff who is not there (ID-17)', async () => {
  const outcome = await house.module.usersAdmin.grantRole('nobody@example.com', 'admin')
  assert.deepEqual(outcome, { kind: 'refused', reason: 'no-such-user' })
})

test('the table grants known permissions to known roles, and admins need no rows (ID-14)', async () => {
  const rows = await house.db.selectFrom('identity.role_permissions').selectAll().execute()
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

test('the command line makes staff who can log in; a weak password or a taken e-mail is refused (ID-17)', async () => {
  const { createUser } = house.module.usersAdmin
  const input = {
    email: 'Marta@example.com',
    password: goodPassword,
    name: 'Marta',
    locale: 'ru',
    role: 'marketer',
  } as const
  assert.equal((await createUser(input)).kind, 'created')
  const answer = await house.logIn('marta@example.com')
  assert.equal(answer.json().user.role, 'marketer')
  assert.deepEqual(await createUser(input), { kind: 'refused', reason: 'email-taken' })
  const weak = await createUser({ ...input, email: 'other@example.com', password: 'qwertyuiop' })
  assert.deepEqual(weak, { kind: 'refused', reason: 'password-too-common' })
})

test('the checks are quiet in an honest house and find a user nobody can sign in as (REL)', async () => {
  await house.signUp('honest@example.com')
  const violations = async () =>
    (await Promise.all((house.module.checks ?? []).map((check) => check.violations()))).flat()
  assert.deepEqual(await violations(), [])
  const lost = await house.signUp('lost@example.com')
  await house.db.deleteFrom('identity.identities').where('user_id', '=', lost.user.id).execute()
  assert.deepEqual(await violations(), [{ user_id: lost.user.id }])
})
