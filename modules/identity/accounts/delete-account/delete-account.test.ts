import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, expectProblem, expectResponse, statusesOf } from '#platform/testing'
import { AdminUserView } from '../../staff/schema.ts'
import { adminToken, goodPassword, openIdentityTest, type IdentityTest } from '../../testing.ts'
import { AccountExport } from '../schema.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest({
    personalRecords: [{ name: 'orders', listOf: async (user_id) => [{ ordered_by: user_id }] }],
  })
})
after(() => app.close())

const remove = (token: string, password?: string) =>
  app.send('DELETE /auth/me', { token, ...(password !== undefined && { body: { password } }) })

test('a deleted account names no person any more, and its e-mail is free (ID-18)', async () => {
  const { access_token, refresh_token, user } = await app.signUp('anna@example.com')
  await app.enter('anna@example.com')
  const address = { country: 'Россия', city: 'Коломна', street: 'Anna Lane', house: '12' }
  expectResponse(await app.send('POST /auth/me/addresses', { token: access_token, body: address }), 201)
  expectResponse(await remove(access_token, goodPassword), 204)
  expectProblem(await app.me(access_token), 401, 'unauthorized')
  expectProblem(await app.refresh(refresh_token), 401, 'invalid-refresh-token')
  expectProblem(await app.logIn('anna@example.com'), 401, 'wrong-credentials')
  const names = ['users', 'identities', 'credentials', 'addresses', 'sessions', 'mail_codes']
  const own = names.map((name) => `identity.${name}`)
  for (const table of [...own, 'platform.audit']) {
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(t)::text as row from ${sql.table(table)} t`.execute(app.db)
    assert.ok(
      rows.every(({ row }) => !/anna/i.test(row)),
      table,
    )
  }
  const shown = await app.send(`GET /admin/users/${user.id}`, { token: adminToken })
  assert.equal(expectResponse(shown, 200, AdminUserView).status, 'deleted')
  assert.deepEqual(await app.eventsOf('identity.user-deleted.v1'), [{ user_id: user.id }])
  assert.notEqual((await app.signUp('anna@example.com')).user.id, user.id)
  await app.assertNoViolations()
})

test('deleting needs the password, so that a borrowed phone cannot do it (ID-18)', async () => {
  const { access_token } = await app.signUp('careful@example.com')
  expectProblem(await remove(access_token), 403, 'wrong-password')
  expectProblem(await remove(access_token, 'a guess of the thief'), 403, 'wrong-password')
  expectResponse(await app.me(access_token), 200)
})

test('of ten deletions at once one deletes, and one event is published (ID-18, REL-5)', async () => {
  const { access_token, user } = await app.signUp('crowd@example.com')
  const statuses = statusesOf(await crowd(10, () => remove(access_token, goodPassword)))
  assert.equal(statuses.filter((status) => status === 204).length, 1)
  assert.ok(
    statuses.every((status) => [204, 401, 403, 404].includes(status)),
    statuses.join(),
  )
  const events = await app.eventsOf('identity.user-deleted.v1')
  assert.equal(events.filter(({ user_id }) => user_id === user.id).length, 1)
})

test('a user exports their account, sessions and the records of other modules (ID-18)', async () => {
  const { access_token: token, user } = await app.signUp('curious@example.com')
  const address = { country: 'Россия', postcode: '140400', city: 'Коломна', street: 'Посадская', house: '12' }
  expectResponse(await app.send('POST /auth/me/addresses', { token, body: address }), 201)
  const exported = expectResponse(await app.send('GET /auth/me/export', { token }), 200, AccountExport)
  assert.equal(exported.user.email, 'curious@example.com')
  assert.equal(exported.sessions.length, 1)
  assert.deepEqual(
    exported.addresses.map(({ id: _, created_at: __, ...saved }) => saved),
    [{ ...address, is_default: true }],
  )
  assert.deepEqual(exported.records, { orders: [{ ordered_by: user.id }] })
  assert.ok(!JSON.stringify(exported).includes('$argon2id'))
})
