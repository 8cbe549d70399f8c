import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { assertNotStored, crowd, expectProblem, expectResponse, responseOf, statusesOf } from '#platform/testing'
import { after as later, days } from '#platform/values'
import { permissions } from '../../permissions.ts'
import { SignedInView, ValidTokenView } from '../../schema.ts'
import { goodPassword, openIdentityTest, raceForLock, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
let time = new Date('2026-11-21T09:00:00Z')
beforeEach(async () => {
  app = await openIdentityTest({ now: () => time })
})
afterEach(() => app.close())

const send = (body: object) => app.send('POST /auth/invitations/accept', { body })
const accept = (code: string | undefined, email = 'olga@example.com', more: object = {}) =>
  send({ code, email, password: goodPassword, name: 'Olga', ...more })
const accepted = async (code: string | undefined, email?: string) =>
  expectResponse(await accept(code, email), 201, SignedInView)
const lock = sql`lock table identity.invitations in share row exclusive mode`
const inviteFirstAdmin = () => app.module.users.inviteFirstAdmin()

async function permissionsNow(token: string) {
  const caller = await app.module.api.authenticate(token)
  assert.ok(caller?.kind === 'user')
  return caller.permissions
}

test('the link of the first start makes one person the admin (ID-17)', async () => {
  const code = await inviteFirstAdmin()
  const { user, access_token } = await accepted(code)
  assert.equal(user.role, 'admin')
  assert.deepEqual(await permissionsNow(access_token), permissions)
  const validation = await app.send('POST /auth/validate', { body: { token: access_token } })
  const { is_superadmin, roles } = expectResponse(validation, 200, ValidTokenView)
  assert.deepEqual({ is_superadmin, roles }, { is_superadmin: true, roles: ['admin', 'superadmin'] })
  expectProblem(await accept(code, 'second@example.com'), 404, 'invalid-invitation')
  assert.equal(await inviteFirstAdmin(), undefined, 'a shop with staff invites no first admin')
  assert.equal((await app.eventsOf('identity.user-registered.v1')).length, 1)
})

test('a link that ten people accept at once makes one admin (ID-17)', async () => {
  const code = await inviteFirstAdmin()
  const ends = await raceForLock(app, { lock, waiting: 7 }, () =>
    crowd(10, (i) => accept(code, `olga-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(ends), [201, ...Array.from({ length: 9 }, () => 404)])
  assert.equal((await app.db.selectFrom('identity.users').selectAll().execute()).length, 1)
})

test('the links of several starts make one admin as well (ID-17)', async () => {
  const codes = [await inviteFirstAdmin(), await inviteFirstAdmin(), await inviteFirstAdmin(), await inviteFirstAdmin()]
  const ends = await raceForLock(app, { lock, waiting: 4 }, () =>
    crowd(4, (i) => accept(codes[i], `olga-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(ends), [201, 404, 404, 404])
})

test('an invitation of an operator that ten people accept at once makes one operator (ID-17)', async () => {
  await accepted(await inviteFirstAdmin())
  const code = await app.module.users.invite('operator')
  const ends = await raceForLock(app, { lock, waiting: 7 }, () =>
    crowd(10, (i) => accept(code, `oleg-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(ends), [201, ...Array.from({ length: 9 }, () => 404)])
})

test('customers are no staff: the shop still waits for its admin (ID-17)', async () => {
  await app.signUp('anna@example.com')
  assert.equal(await app.module.users.hasStaff(), false)
  assert.ok(await inviteFirstAdmin())
})

test('a link works for seven days (ID-17)', async () => {
  const code = await inviteFirstAdmin()
  time = later(time, days(7))
  expectProblem(await accept(code), 404, 'invalid-invitation')
})

test('a weak password or a taken e-mail does not use up the link (ID-17)', async () => {
  await app.signUp('anna@example.com')
  const code = await inviteFirstAdmin()
  expectProblem(await accept(code, undefined, { password: 'qwertyuiop' }), 400, 'password-too-common')
  expectProblem(await accept(code, 'anna@example.com'), 409, 'email-taken')
  await accepted(code)
})

test('the admin invites an operator, who gets the permissions of that role (ID-17)', async () => {
  await accepted(await inviteFirstAdmin())
  const { user, access_token } = await accepted(await app.module.users.invite('operator'), 'oleg@example.com')
  assert.equal(user.role, 'operator')
  const now = await permissionsNow(access_token)
  assert.ok(now.includes('orders.write'))
  assert.ok(!now.includes('users.write'))
})

test('an invitation gives its role to an account whose e-mail nothing has confirmed yet (ID-17)', async () => {
  const { user } = await accepted(await app.module.users.invite('admin'), 'olga@example.com')
  assert.deepEqual([user.role, user.email_verified], ['admin', false])
})

test('an acceptance that is sent again with its key gets the same bytes (F-20, ID-17, rule 8)', async () => {
  const code = await inviteFirstAdmin()
  const headers = { 'idempotency-key': '7f4b2f4d-acceptance-of-olga' }
  const body = { code, email: 'olga@example.com', password: goodPassword, name: 'Olga' }
  const first = await app.send('POST /auth/invitations/accept', { body, headers })
  const again = await app.send('POST /auth/invitations/accept', { body, headers })
  expectResponse(first, 201, SignedInView)
  assert.deepEqual([again.status, again.text, again.headers['idempotent-replay']], [201, first.text, 'true'])
  assert.equal(first.headers['cache-control'], 'no-store')
})

test('the code is not in the database (ID-17)', async () => {
  const code = (await inviteFirstAdmin()) ?? assert.fail('no invitation')
  const rows = await app.db.selectFrom('identity.invitations').selectAll().execute()
  assertNotStored(rows, code)
  for (const { hash } of rows) expectProblem(await accept(hash.toString('base64url')), 404, 'invalid-invitation')
})

test('malformed acceptances are 400, guessed codes 404 (ID-17)', async () => {
  const code = await inviteFirstAdmin()
  for (const more of [{ code: '' }, { email: 'olga' }, { password: '' }, { name: 'a\0' }, { role: 'superadmin' }]) {
    expectProblem(await accept(code, undefined, more), 400, 'validation-failed')
  }
  expectProblem(await send({ code }), 400, 'validation-failed')
  expectProblem(await accept('c3VyZWx5IG5vdCBhIGNvZGUgb2Ygb3VycyEhISEhISE'), 404, 'invalid-invitation')
})

test('the link opens a page in the language of its reader, which loads nothing from other addresses (ID-17)', async () => {
  for (const [language, word] of [
    ['ru', 'Принять приглашение'],
    ['en', 'Accept the invitation'],
  ] as const) {
    const headers = { 'accept-language': language }
    const page = responseOf('GET /invitation', await app.http.inject({ url: '/invitation', headers }))
    expectResponse(page, 200)
    assert.match(page.headers['content-type'] ?? '', /text\/html/)
    assert.match(page.text, new RegExp(`<html lang="${language}">[^]*${word}`))
    assert.doesNotMatch(page.text, /src=|href="(?!\/(?!\/))/)
    const policy = page.headers['content-security-policy'] ?? ''
    assert.match(policy, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'self' 'sha256-[^']+';/)
  }
})
