import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { expectProblem, expectResponse } from '#platform/testing'
import { IdentitiesView } from '../schema.ts'
import { openMergeTest, type MergeTest } from '../../testing.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
})
after(() => app.close())

const identitiesOf = async (token: string) => {
  const { identities, has_password } = expectResponse(
    await app.send('GET /auth/identities', { token }),
    200,
    IdentitiesView,
  )
  const ways = identities.map(({ provider, subject, verified_at }) => [provider, subject, verified_at !== null])
  return { ways, has_password }
}

test('a user sees her own ways to sign in, and whether she has a password (ID-12)', async () => {
  const anna = await app.signUp('anna@example.com')
  assert.deepEqual(await identitiesOf(anna.access_token), {
    ways: [['email', 'anna@example.com', false]],
    has_password: true,
  })
  await app.verify('anna@example.com')
  expectResponse(await app.linkTelegram(anna.access_token, 41), 200)
  assert.deepEqual(await identitiesOf(anna.access_token), {
    ways: [
      ['email', 'anna@example.com', true],
      ['telegram', '41', true],
    ],
    has_password: true,
  })
  const boris = await app.signInWithTelegram(42)
  assert.deepEqual(await identitiesOf(boris.access_token), { ways: [['telegram', '42', true]], has_password: false })
  expectProblem(await app.send('GET /auth/identities'), 401, 'unauthorized')
})
