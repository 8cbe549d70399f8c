import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bearer, expectProblem, expectResponse, machine } from '#platform/testing'
import { TokenPairView } from '../../schema.ts'
import { openIdentityTest, type IdentityTest } from '../../testing.ts'

let app: IdentityTest
before(async () => {
  app = await openIdentityTest()
})
after(() => app.close())

const works = { access: true, refresh: true }
const isOver = { access: false, refresh: false }
const stateOf = async ({ access_token, refresh_token }: Omit<TokenPairView, 'expires_in'>) => ({
  access: (await app.me(access_token)).status === 200,
  refresh: (await app.refresh(refresh_token)).status === 200,
})
const logOut = (token: string) => app.send('POST /auth/logout', { token })

test('logging out ends this session at once and no other (ID-7, attack 2)', async () => {
  const phone = await app.signUp('anna@example.com')
  const laptop = await app.enter('anna@example.com')
  expectResponse(await app.me(phone.access_token), 200)
  expectResponse(await logOut(phone.access_token), 204)
  assert.deepEqual(await stateOf(phone), isOver)
  assert.deepEqual(await stateOf(laptop), works)
})

test('a refresh token used after logging out is no theft: no event is published (ID-7)', async () => {
  const phone = await app.signUp('quiet@example.com')
  await logOut(phone.access_token)
  expectProblem(await app.refresh(phone.refresh_token), 401, 'invalid-refresh-token')
  assert.deepEqual(await app.eventsOf('identity.refresh-reuse-detected.v1'), [])
})

test('logging out everywhere ends all sessions of one user (ID-7)', async () => {
  const phone = await app.signUp('boris@example.com')
  const laptop = await app.enter('boris@example.com')
  const other = await app.signUp('other@example.com')
  expectResponse(await app.send('POST /auth/logout-all', { token: phone.access_token }), 204)
  assert.deepEqual(await stateOf(phone), isOver)
  assert.deepEqual(await stateOf(laptop), isOver)
  assert.deepEqual(await stateOf(other), works)
})

test('a session that ends while it is refreshed stays ended (ID-7)', async () => {
  for (let i = 0; i < 10; i++) {
    const phone = await app.signUp(`race-${i}@example.com`)
    const [refreshed] = await Promise.all([app.refresh(phone.refresh_token), logOut(phone.access_token)])
    const next = refreshed.status === 200 ? expectResponse(refreshed, 200, TokenPairView) : phone
    assert.deepEqual(await stateOf(next), isOver)
  }
})

for (const path of ['logout', 'logout-all']) {
  test(`POST /auth/${path} is for users only (ID-7)`, async () => {
    expectProblem(await app.send(`POST /auth/${path}`), 401, 'unauthorized')
    const token = bearer(machine).slice('Bearer '.length)
    expectProblem(await app.send(`POST /auth/${path}`, { token }), 401, 'unauthorized')
  })
}
