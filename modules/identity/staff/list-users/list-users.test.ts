import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Page } from '#platform/schema'
import { expectProblem, expectResponse } from '#platform/testing'
import { InternalUserView } from '../../accounts/schema.ts'
import { adminToken, internalToken, openIdentityTest, type IdentityTest } from '../../testing.ts'
import { AdminUserSummary } from '../schema.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
  for (const email of ['anna@example.com', 'boris@example.com', 'an_a%@example.com']) await app.signUp(email)
  const body = { name: 'Ёлка Анна' }
  const { access_token } = await app.enter('anna@example.com')
  await app.send('PATCH /auth/me', { token: access_token, body })
  await app.signUpStaff('courier@example.com', 'courier')
})
after(() => app.close())

const list = async (query: string) =>
  expectResponse(await app.send(`GET /admin/users?${query}`, { token: adminToken }), 200, Page(AdminUserSummary))
const emails = async (query: string) => (await list(query)).items.map(({ email }) => email)

test('staff find users by the beginning of the name or the e-mail, and by id (ID-14)', async () => {
  assert.deepEqual(await emails('search=ANNA@'), ['anna@example.com'])
  assert.deepEqual(await emails(`search=${encodeURIComponent('ёлк')}`), ['anna@example.com'])
  assert.deepEqual(await emails(`search=${encodeURIComponent('an_')}`), ['an_a%@example.com'], 'no wildcards')
  const [{ id } = assert.fail()] = (await list('search=boris')).items
  assert.deepEqual(await emails(`search=${id}`), ['boris@example.com'])
  assert.deepEqual(await emails('search=zzz'), [])
})

test('the list has filters and pages (ID-14)', async () => {
  assert.deepEqual(await emails('role=courier'), ['courier@example.com'])
  assert.deepEqual(await emails('status=blocked'), [])
  const first = await list('page_size=3')
  assert.deepEqual([first.items.length, first.total], [3, 4])
  const second = await list(`page_size=3&cursor=${first.next_cursor}`)
  assert.deepEqual([second.items.length, second.next_cursor], [1, null])
  assert.equal(new Set([...first.items, ...second.items].map(({ id }) => id)).size, 4)
})

test('a program with the internal token finds users, and no other caller does (ID-16, ID-15)', async () => {
  const [{ id } = assert.fail()] = (await list('search=boris')).items
  const path = `GET /internal/users/${id}` as const
  const found = expectResponse(await app.send(path, { token: internalToken }), 200, InternalUserView)
  assert.deepEqual([found.email, found.telegram_id, found.role], ['boris@example.com', null, 'customer'])
  expectProblem(await app.send('GET /internal/users/by-telegram/99', { token: internalToken }), 404, 'not-found')
  const { access_token } = await app.enter('boris@example.com')
  expectProblem(await app.send(path, { token: access_token }), 403, 'forbidden')
  expectProblem(await app.send(path), 401, 'unauthorized')
})
