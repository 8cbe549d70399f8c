import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { crowd } from '#platform/testing'
import { after as later, days } from '#platform/values'
import { permissions } from '../permissions.ts'
import { goodPassword, openIdentity, racing, statusesOf, type Opened } from '../testing.ts'

let house: Opened
let time = new Date('2026-11-21T09:00:00Z')
beforeEach(async () => {
  house = await openIdentity({ now: () => time })
})
afterEach(() => house.close())

const accept = (code: string | undefined, email = 'olga@example.com', more: object = {}) =>
  house.post('invitations/accept', { code, email, password: goodPassword, name: 'Olga', ...more })
const invitations = sql`lock table identity.invitations in share row exclusive mode`
const founding = () => house.module.usersAdmin.foundingInvitation()

test('the first start prints a link that makes its bearer the admin, once (ID-17)', async () => {
  const code = await founding()
  const answer = await accept(code)
  assert.equal(answer.statusCode, 201, answer.body)
  const { user, access_token } = answer.json()
  assert.equal(user.role, 'admin')
  const caller = await house.module.api.authenticate(access_token)
  assert.ok(caller?.kind === 'user')
  assert.deepEqual(caller.permissions, permissions)
  const { is_superadmin, roles } = (await house.post('validate', { token: access_token })).json()
  assert.deepEqual({ is_superadmin, roles }, { is_superadmin: true, roles: ['admin', 'superadmin'] })
  assert.equal((await accept(code, 'second@example.com')).statusCode, 404)
  assert.equal(await founding(), undefined, 'nobody is invited where somebody works')
  assert.equal((await house.told('identity.user-registered.v1')).length, 1)
})

test('a link accepted by ten at once makes one admin (ID-17)', async () => {
  const code = await founding()
  const answers = await racing(house, { lock: invitations, waiting: 7 }, () =>
    crowd(10, (i) => accept(code, `olga-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(answers), [201, ...Array.from({ length: 9 }, () => 404)])
  assert.equal((await house.db.selectFrom('identity.users').selectAll().execute()).length, 1)
})

test('links of several starts make one admin as well (ID-17)', async () => {
  const codes = [await founding(), await founding(), await founding(), await founding()]
  const answers = await racing(house, { lock: invitations, waiting: 4 }, () =>
    crowd(4, (i) => accept(codes[i], `olga-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(answers), [201, 404, 404, 404])
})

test('an invitation of an operator, accepted by ten at once, makes one (ID-17)', async () => {
  await accept(await founding())
  const code = await house.module.usersAdmin.invite('operator')
  const answers = await racing(house, { lock: invitations, waiting: 7 }, () =>
    crowd(10, (i) => accept(code, `oleg-${i}@example.com`)),
  )
  assert.deepEqual(statusesOf(answers), [201, ...Array.from({ length: 9 }, () => 404)])
})

test('customers do not count as staff: the shop still waits for its admin (ID-17)', async () => {
  await house.signUp('anna@example.com')
  assert.ok(await founding())
})

test('a link is good for seven days (ID-17)', async () => {
  const code = await founding()
  time = later(time, days(7))
  const answer = await accept(code)
  assert.equal(answer.statusCode, 404)
  assert.equal(answer.json().code, 'invalid-invitation')
})

test('a weak password or a taken e-mail does not use up the link (ID-17)', async () => {
  await house.signUp('anna@example.com')
  const code = await founding()
  assert.equal((await accept(code, 'olga@example.com', { password: 'qwertyuiop' })).statusCode, 400)
  assert.equal((await accept(code, 'anna@example.com')).statusCode, 409)
  assert.equal((await accept(code)).statusCode, 201)
})

test('the admin invites an operator, whose table of permissions decides what he may do (ID-17)', async () => {
  await accept(await founding())
  const code = await house.module.usersAdmin.invite('operator')
  const { user, access_token } = (await accept(code, 'oleg@example.com')).json()
  assert.equal(user.role, 'operator')
  const caller = await house.module.api.authenticate(access_token)
  assert.ok(caller?.kind === 'user')
  assert.ok(caller.permissions.includes('orders.write'))
  assert.ok(!caller.permissions.includes('users.write'))
})

test('the code is nowhere in the database (ID-17)', async () => {
  const code = (await founding()) ?? ''
  const [row] = await house.db.selectFrom('identity.invitations').selectAll().execute()
  assert.ok(!JSON.stringify(row).includes(code))
  assert.notEqual(row?.hash.toString('base64url'), code)
  assert.equal((await accept(row?.hash.toString('base64url'))).statusCode, 404)
})

test('malformed acceptances are 400, guessed codes 404 (ID-17)', async () => {
  const code = await founding()
  for (const more of [{ code: '' }, { email: 'olga' }, { password: '' }, { name: 'a\0' }, { role: 'superadmin' }]) {
    assert.equal((await accept(code, undefined, more)).statusCode, 400, JSON.stringify(more))
  }
  assert.equal((await house.post('invitations/accept', { code })).statusCode, 400)
  assert.equal((await accept('c3VyZWx5IG5vdCBhIGNvZGUgb2Ygb3VycyEhISEhISE')).statusCode, 404)
})

test('the link opens a page in the language of its reader that needs nothing from elsewhere (ID-17)', async () => {
  for (const [language, word] of [
    ['ru', 'Принять приглашение'],
    ['en', 'Accept the invitation'],
  ] as const) {
    const answer = await house.http.inject({ url: '/invitation', headers: { 'accept-language': language } })
    assert.equal(answer.statusCode, 200)
    assert.match(answer.headers['content-type'] as string, /text\/html/)
    assert.match(answer.body, new RegExp(`<html lang="${language}">[^]*${word}`))
    assert.doesNotMatch(answer.body, /(src|href)=/)
    const policy = answer.headers['content-security-policy'] as string
    assert.match(policy, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/)
  }
})
