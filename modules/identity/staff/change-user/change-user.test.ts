import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, statusesOf } from '#platform/testing'
import { adminToken, openIdentityTest, raceForLock, type IdentityTest } from '../../testing.ts'
import { AdminUserSummary, AdminUserView } from '../schema.ts'

let app: IdentityTest
let admin: string
before(async () => {
  app = await openIdentityTest()
  admin = (await app.signUpStaff('admin@example.com', 'admin')).access_token
})
after(() => app.close())

const change = (id: string, body: object, token = admin) => app.send(`PATCH /admin/users/${id}`, { token, body })
const show = async (id: string) =>
  expectResponse(await app.send(`GET /admin/users/${id}`, { token: admin }), 200, AdminUserView)

test('a blocked user is out with the next request, on every device, and may come back later (ID-14)', async () => {
  const phone = await app.signUp('blocked@example.com')
  const laptop = await app.enter('blocked@example.com')
  expectResponse(await app.me(phone.access_token), 200)
  const { id } = phone.user
  const blocked = expectResponse(await change(id, { status: 'blocked' }), 200, AdminUserSummary)
  assert.equal(blocked.status, 'blocked')
  for (const { access_token, refresh_token } of [phone, laptop]) {
    const write = await app.send('PATCH /auth/me', { token: access_token, body: { name: 'Anna' } })
    expectProblem(write, 401, 'unauthorized')
    expectProblem(await app.refresh(refresh_token), 401, 'invalid-refresh-token')
  }
  expectProblem(await app.logIn('blocked@example.com'), 403, 'account-blocked')
  expectResponse(await change(id, { status: 'active' }), 200)
  expectProblem(await app.me(phone.access_token), 401, 'unauthorized')
  expectResponse(await app.logIn('blocked@example.com'), 200)
  assert.deepEqual(await app.eventsOf('identity.user-blocked.v1'), [{ user_id: id }])
  assert.deepEqual(await app.eventsOf('identity.user-unblocked.v1'), [{ user_id: id }])
})

test('every change is in the audit of the account, with who made it (ID-14)', async () => {
  const { user } = await app.signUp('audited@example.com')
  await app.verify('audited@example.com')
  await change(user.id, { role: 'courier' })
  await change(user.id, { role: 'courier', status: 'blocked' }, adminToken)
  await change(user.id, { role: 'courier', status: 'blocked' })
  const { audit, open_sessions, identities } = await show(user.id)
  assert.deepEqual(
    audit.map(({ actor, action, details }) => ({ actor, action, details })),
    [
      {
        actor: 'admin',
        action: 'user_blocked',
        details: { from: { role: 'courier', status: 'active' }, to: { role: 'courier', status: 'blocked' } },
      },
      {
        actor: 'user',
        action: 'role_changed',
        details: { from: { role: 'customer', status: 'active' }, to: { role: 'courier', status: 'active' } },
      },
    ],
  )
  assert.equal(open_sessions, 0)
  const changes = (await app.eventsOf('identity.user-role-changed.v1')) as { user_id: string }[]
  assert.deepEqual(
    changes.filter(({ user_id }) => user_id === user.id),
    [{ user_id: user.id, role: 'courier', permissions: ['delivery.deliver'] }],
  )
  assert.deepEqual(
    identities.map(({ provider, subject }) => [provider, subject]),
    [['email', 'audited@example.com']],
  )
})

test('only a superadmin gives or takes the rights of admins, and neither changes their own account (ID-14)', async () => {
  const other = await app.signUpStaff('second@example.com', 'admin')
  const customer = await app.signUp('climber@example.com')
  const own = await app.me(admin)
  expectProblem(await change((own.body as { id: string }).id, { role: 'superadmin' }), 409, 'own-account')
  for (const [id, body] of [
    [other.user.id, { role: 'customer' }],
    [other.user.id, { status: 'blocked' }],
    [customer.user.id, { role: 'admin' }],
    [customer.user.id, { role: 'superadmin' }],
  ] as const) {
    expectProblem(await change(id, body), 403, 'superadmin-needed')
  }
  const superadmin = await app.signUpStaff('super@example.com', 'superadmin')
  expectResponse(await change(other.user.id, { role: 'operator' }, superadmin.access_token), 200)
  expectResponse(await change(other.user.id, { role: 'admin' }, adminToken), 200)
})

test('staff change no account and give no role with permissions that they lack (ID-14, A4)', async () => {
  const desk = await app.signUpStaff('desk@example.com', 'support')
  const operator = await app.signUpStaff('operator@example.com', 'operator')
  const { user: friend } = await app.signUp('friend@example.com')
  await app.verify('friend@example.com')
  const grant = (permissions: readonly string[]) =>
    app.send('PUT /admin/roles/support', { token: adminToken, body: { permissions } })
  const initial = ['orders.read', 'payments.read', 'delivery.read', 'users.read', 'support.answer']
  expectResponse(await grant(['users.read', 'users.write', 'delivery.deliver']), 200)
  for (const [id, body] of [
    [friend.id, { role: 'operator' }],
    [operator.user.id, { status: 'blocked' }],
    [operator.user.id, { role: 'customer' }],
  ] as const) {
    expectProblem(await change(id, body, desk.access_token), 403, 'more-permissions-needed')
  }
  expectResponse(await app.me(operator.access_token), 200)
  expectResponse(await change(friend.id, { role: 'courier' }, desk.access_token), 200)
  expectResponse(await change(friend.id, { status: 'blocked' }, desk.access_token), 200)
  expectResponse(await grant(initial), 200)
})

test('an account with a mailbox that was never proven gets no role of the staff (ID-14)', async () => {
  const { user } = await app.signUp('claimed@example.com')
  expectProblem(await change(user.id, { role: 'courier' }), 409, 'email-not-verified')
  expectProblem(await change(user.id, { role: 'admin' }, adminToken), 409, 'email-not-verified')
  expectResponse(await change(user.id, { status: 'blocked' }), 200)
  expectResponse(await change(user.id, { status: 'active' }), 200)
  const { access_token } = await app.enter('claimed@example.com')
  await app.verify('claimed@example.com', access_token)
  expectResponse(await change(user.id, { role: 'courier' }), 200)
})

test('customers and staff without the permission change and read no accounts (ID-14, A4)', async () => {
  const customer = await app.signUp('curious@example.com')
  const support = await app.signUpStaff('support@example.com', 'support')
  for (const token of [customer.access_token, support.access_token])
    expectProblem(await change(customer.user.id, { role: 'admin' }, token), 403, 'forbidden')
  expectProblem(await app.send('GET /admin/users', { token: customer.access_token }), 403, 'forbidden')
  expectResponse(await app.send('GET /admin/users', { token: support.access_token }), 200)
  expectProblem(
    await app.send('PATCH /auth/me', { token: customer.access_token, body: { role: 'admin' } }),
    400,
    'validation-failed',
  )
})

test('ten admins who block one user at once end the sessions and publish once (ID-14, REL-5)', async () => {
  const { user } = await app.signUp('raced@example.com')
  const lock = sql`select from identity.users where id = ${user.id} for update`
  const ends = await raceForLock(app, { lock, waiting: 4 }, () =>
    crowd(10, () => change(user.id, { status: 'blocked' })),
  )
  assert.deepEqual(
    statusesOf(ends),
    Array.from({ length: 10 }, () => 200),
  )
  const events = await app.eventsOf('identity.user-blocked.v1')
  assert.equal(events.filter(({ user_id }) => user_id === user.id).length, 1)
  assert.equal((await show(user.id)).audit.length, 1)
})

test('a login that races with the blocking leaves no open session (ID-14)', async () => {
  for (let round = 0; round < 5; round++) {
    const { user } = await app.signUp(`login-race-${round}@example.com`)
    await Promise.all([app.logIn(`login-race-${round}@example.com`), change(user.id, { status: 'blocked' })])
    assert.equal((await show(user.id)).open_sessions, 0)
  }
})
