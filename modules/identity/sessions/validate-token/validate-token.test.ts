import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse } from '#platform/testing'
import { ValidTokenView, type SignedInView } from '../../schema.ts'
import { openIdentityTest, ratesWith, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
let anna: SignedInView
before(async () => {
  app = await openIdentityTest({ machineTokens: { admin: 'the admin token of the shop' } })
  anna = await app.signUp('anna@example.com')
})
after(() => app.close())

type Options = Parameters<IdentityTest['send']>[1]
const validate = (options?: Options) => app.send('POST /auth/validate', options)
const validated = async (options: Options) => expectResponse(await validate(options), 200, ValidTokenView)

test('another service learns the user of a token, from the body or the header (ID-8)', async () => {
  const fromBody = await validated({ body: { token: anna.access_token } })
  const { sid, exp, ...subject } = fromBody
  const id = anna.user.id
  const status = { role: 'customer', roles: ['customer'], permissions: [], is_superadmin: false, is_verified: false }
  assert.deepEqual(subject, { sub: id, user_id: id, email: 'anna@example.com', ...status, locale: 'en' })
  assert.ok(Number.isInteger(exp) && sid)
  assert.deepEqual(await validated({ token: anna.access_token }), fromBody)
  assert.deepEqual(await validated({ token: anna.access_token, body: {} }), fromBody)
})

test('a role given a moment ago is in the response (ID-8, ID-14)', async () => {
  const { access_token } = await app.signUp('olga@example.com')
  await validated({ body: { token: access_token } })
  await app.verify('olga@example.com')
  await app.module.users.grantRole('olga@example.com', 'operator')
  const { role, permissions, is_verified } = await validated({ body: { token: access_token } })
  assert.equal(is_verified, true, 'the proof of the mailbox counts at once')
  assert.equal(role, 'operator')
  assert.ok(permissions.includes('orders.write'))
})

test('a token of an ended session, and every other kind of token, is 401 (ID-8)', async () => {
  const gone = await app.signUp('gone@example.com')
  await app.send('POST /auth/logout', { token: gone.access_token })
  for (const token of [gone.access_token, gone.refresh_token, 'nonsense', 'the admin token of the shop']) {
    expectProblem(await validate({ body: { token } }), 401, 'unauthorized')
    expectProblem(await validate({ token }), 401, 'unauthorized')
  }
  expectProblem(await validate(), 401, 'unauthorized')
})

test('tokens that are not valid are limited per address, valid ones never (F-42, ID-8)', async () => {
  const limits = ratesWith({ invalid_token: { count: 3, seconds: 60, burst: 3 } })
  const limited = await openIdentityTest({ limits })
  try {
    const { access_token } = await limited.signUp('anna@example.com')
    const send = (token: string) => limited.send('POST /auth/validate', { body: { token } })
    for (let i = 0; i < 3; i++) expectProblem(await send('nonsense'), 401, 'unauthorized')
    expectProblem(await send('nonsense'), 429, 'too-many-attempts')
    for (let i = 0; i < 20; i++) expectResponse(await send(access_token), 200, ValidTokenView)
  } finally {
    await limited.close()
  }
})

test('the token of the body takes precedence over the header (ID-8)', async () => {
  expectProblem(await validate({ token: anna.access_token, body: { token: 'nonsense' } }), 401, 'unauthorized')
})

for (const [name, body] of Object.entries({
  'an empty token': { token: '' },
  'an endless token': { token: 'x'.repeat(10_000) },
  'an object': { token: { sub: 1 } },
  'an unknown field': { token: 'x', user_id: 'y' },
})) {
  test(`validating ${name} is malformed (ID-8)`, async () => {
    expectProblem(await validate({ body }), 400, 'validation-failed')
  })
}
