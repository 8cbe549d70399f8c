import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openIdentity, type Opened, type SignedUp } from '../testing.ts'

let house: Opened
let anna: SignedUp
before(async () => {
  house = await openIdentity({ machineTokens: { admin: 'the admin token of the shop' } })
  anna = await house.signUp('anna@example.com')
})
after(() => house.close())

test('another service learns who somebody is, from the body or the header (ID-8)', async () => {
  const byBody = await house.post('validate', { token: anna.access_token })
  assert.equal(byBody.statusCode, 200)
  const { sid, exp, ...decoded } = byBody.json()
  const id = anna.user.id
  const may = { role: 'customer', roles: ['customer'], permissions: [], is_superadmin: false }
  assert.deepEqual(decoded, { sub: id, user_id: id, email: 'anna@example.com', ...may, locale: 'en' })
  assert.ok(Number.isInteger(exp) && sid)
  assert.deepEqual((await house.post('validate', undefined, anna.access_token)).json(), byBody.json())
  assert.deepEqual((await house.post('validate', {}, anna.access_token)).json(), byBody.json())
})

test('a role given a moment ago is in the answer (ID-8, ID-14)', async () => {
  const { access_token } = await house.signUp('olga@example.com')
  await house.post('validate', { token: access_token })
  await house.module.usersAdmin.grantRole('olga@example.com', 'operator')
  const { role, permissions } = (await house.post('validate', { token: access_token })).json()
  assert.equal(role, 'operator')
  assert.ok(permissions.includes('orders.write'))
})

test('whatever is no access token of a living session is 401 (ID-8)', async () => {
  const gone = await house.signUp('gone@example.com')
  await house.post('logout', undefined, gone.access_token)
  for (const token of [gone.access_token, gone.refresh_token, 'nonsense', 'the admin token of the shop']) {
    assert.equal((await house.post('validate', { token })).statusCode, 401)
    assert.equal((await house.post('validate', undefined, token)).statusCode, 401)
  }
  assert.equal((await house.post('validate')).statusCode, 401)
  assert.equal(
    (await house.post('validate', { token: 'nonsense' }, anna.access_token)).statusCode,
    401,
    'the body goes first',
  )
})

for (const [what, body] of Object.entries({
  'an empty token': { token: '' },
  'an endless token': { token: 'x'.repeat(10_000) },
  'a number': { token: { sub: 1 } },
  'an unknown field': { token: 'x', user_id: 'y' },
})) {
  test(`validating ${what} is malformed (ID-8)`, async () => {
    assert.equal((await house.post('validate', body)).statusCode, 400)
  })
}
