import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bearer, machine } from '#platform/testing'
import { openIdentity, type Opened } from '../testing.ts'

let house: Opened
before(async () => {
  house = await openIdentity()
})
after(() => house.close())

const worksStill = async ({ access_token, refresh_token }: { access_token: string; refresh_token: string }) => ({
  access: (await house.get('me', access_token)).statusCode === 200,
  refresh: (await house.post('refresh', { refresh_token })).statusCode === 200,
})

test('logging out ends this session at once and no other (ID-7, attack 2)', async () => {
  const phone = await house.signUp('anna@example.com')
  const laptop = (await house.logIn('anna@example.com')).json()
  assert.equal((await house.get('me', phone.access_token)).statusCode, 200)
  assert.equal((await house.post('logout', undefined, phone.access_token)).statusCode, 204)
  assert.deepEqual(await worksStill(phone), { access: false, refresh: false })
  assert.deepEqual(await worksStill(laptop), { access: true, refresh: true })
})

test('a refresh token used after logging out is no theft: other sessions live, nothing is told (ID-7)', async () => {
  const phone = await house.signUp('quiet@example.com')
  await house.post('logout', undefined, phone.access_token)
  await house.post('refresh', { refresh_token: phone.refresh_token })
  const told = await house.told('identity.refresh-reuse-detected.v1')
  assert.deepEqual(told, [])
})

test('logging out everywhere ends all of a person and nobody else (ID-7)', async () => {
  const phone = await house.signUp('boris@example.com')
  const laptop = (await house.logIn('boris@example.com')).json()
  const other = await house.signUp('other@example.com')
  assert.equal((await house.post('logout-all', undefined, phone.access_token)).statusCode, 204)
  assert.deepEqual(await worksStill(phone), { access: false, refresh: false })
  assert.deepEqual(await worksStill(laptop), { access: false, refresh: false })
  assert.deepEqual(await worksStill(other), { access: true, refresh: true })
})

test('a session ended while it is being refreshed stays ended (ID-7)', async () => {
  for (let i = 0; i < 10; i++) {
    const phone = await house.signUp(`race-${i}@example.com`)
    const [refreshed] = await Promise.all([
      house.post('refresh', { refresh_token: phone.refresh_token }),
      house.post('logout', undefined, phone.access_token),
    ])
    const next = refreshed.statusCode === 200 ? refreshed.json() : phone
    assert.deepEqual(await worksStill(next), { access: false, refresh: false })
  }
})

for (const path of ['logout', 'logout-all']) {
  test(`${path} is for who is signed in (ID-7)`, async () => {
    assert.equal((await house.post(path)).statusCode, 401)
    assert.equal((await house.post(path, undefined, bearer(machine).slice(7))).statusCode, 401)
  })
}
