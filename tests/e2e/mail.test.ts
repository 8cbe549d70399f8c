import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { UserView } from '#identity/schema'
import { eventually, expectProblem, expectResponse } from '#platform/testing'
import { guest, openShop, type Shop } from './open-shop.ts'
import { password, registerCustomer } from './purchase-steps.ts'

let shop: Shop
before(async () => {
  shop = await openShop({ APP_NAME: 'Tea and flowers' })
})
after(() => shop.close())

test('a customer verifies the mailbox with the first mail, and sets a new password with the second (ID-13)', async () => {
  const { user, access_token: as } = await registerCustomer(shop)
  const email = user.email ?? ''
  const code = await shop.codeTo(email, '/email/verify')
  expectResponse(await shop.send(as, 'POST /auth/email/verify', { body: { code } }), 200)
  assert.equal(expectResponse(await shop.send(as, 'GET /auth/me'), 200, UserView).email_verified, true)

  expectResponse(await shop.send(guest, 'POST /auth/password/forgot', { body: { email } }), 204)
  const new_password = 'peonies in a blue vase'
  const body = { code: await shop.codeTo(email, '/password/reset'), new_password }
  expectResponse(await shop.send(guest, 'POST /auth/password/reset', { body }), 204)
  expectProblem(await shop.send(guest, 'POST /auth/login', { body: { email, password } }), 401, 'wrong-credentials')
  expectResponse(await shop.send(guest, 'POST /auth/login', { body: { email, password: new_password } }), 200)
  await eventually(async () => {
    const subjects = (await shop.mailsTo(email)).map(({ headers }) => headers['subject'])
    assert.equal(subjects.length, 2)
    assert.ok(subjects.every((subject) => subject?.endsWith(' — Tea and flowers')))
  })
})
