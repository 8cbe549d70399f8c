import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { Page } from '#platform/schema'
import { crowd, expectProblem, expectResponse, responsesOf } from '#platform/testing'
import { seconds } from '#platform/values'
import { MergedView } from '../linking/schema.ts'
import { goodPassword, openMergeTest, raceForLock, type MergeTest } from '../testing.ts'
import { maxAddresses } from './address.ts'
import { SavedAddressView } from './schema.ts'

let app: MergeTest
before(async () => {
  app = await openMergeTest()
})
after(async () => {
  await app.assertNoViolations()
  await app.close()
})

const home = { country: 'Россия', city: 'Коломна', street: 'Посадская', house: '12', apartment: '3' }
const work = { country: 'Россия', postcode: '140400', city: 'Коломна', street: 'Лажечникова', house: '5' }
const houseOf = (i: number) => ({ ...work, house: `${i}` })

const signUp = async (name: string) => (await app.signUp(`${name}@example.com`)).access_token
const add = (token: string, body: object) => app.send('POST /auth/me/addresses', { token, body })
const added = async (token: string, body: object) => expectResponse(await add(token, body), 201, SavedAddressView)
const change = (token: string, id: string, body: object) => app.send(`PUT /auth/me/addresses/${id}`, { token, body })
const choose = (token: string, id: string) => app.send(`PUT /auth/me/addresses/${id}/default`, { token })
const remove = (token: string, id: string) => app.send(`DELETE /auth/me/addresses/${id}`, { token })
const listOf = async (token: string) =>
  expectResponse(await app.send('GET /auth/me/addresses', { token }), 200, Page(SavedAddressView)).items
/** The houses of the addresses of a user in their order; the default one has a star. */
const housesOf = async (token: string) =>
  (await listOf(token)).map(({ house, is_default }) => `${house}${is_default ? '*' : ''}`)

test('a user saves, changes and deletes addresses, and one of them is the default (WEB-1)', async () => {
  const token = await signUp('anna')
  assert.deepEqual(await listOf(token), [])
  const first = await added(token, home)
  const second = await added(token, { ...work, lat: 55.1, lng: 38.75 })
  assert.deepEqual(await listOf(token), [first, second])
  assert.deepEqual([first.is_default, second.is_default, second.lng, 'lat' in first], [true, false, 38.75, false])

  const chosen = expectResponse(await choose(token, second.id), 200, SavedAddressView)
  assert.deepEqual(await listOf(token), [chosen, { ...first, is_default: false }])
  const changed = expectResponse(await change(token, second.id, houseOf(7)), 200, SavedAddressView)
  assert.deepEqual(changed, { ...houseOf(7), id: second.id, is_default: true, created_at: second.created_at })
  assert.deepEqual((await listOf(token))[0], changed, 'the place on the map belonged to the earlier house')

  expectResponse(await remove(token, second.id), 204)
  assert.deepEqual(await listOf(token), [first], 'the default is among those that remain')
  expectProblem(await remove(token, second.id), 404, 'not-found')
})

test('an address that is saved already is not added again; it may get another place (WEB-1)', async () => {
  const token = await signUp('twice')
  const { id } = await added(token, home)
  const again = expectResponse(await add(token, { ...home, lat: 55.1, lng: 38.75 }), 200, SavedAddressView)
  assert.deepEqual([again.id, again.lat], [id, 55.1])
  assert.deepEqual(expectResponse(await add(token, home), 200, SavedAddressView), again)
  assert.deepEqual(await listOf(token), [again])
  await added(token, { ...home, apartment: '4' })
})

test('an account has ten addresses at most, also when many are added at once (WEB-1, REL-5)', async () => {
  const { access_token: token, user } = await app.signUp('crowd@example.com')
  for (let i = 0; i < maxAddresses - 2; i++) await added(token, houseOf(i))
  const lock = sql`select from identity.users where id = ${user.id} for update`
  const outcomes = responsesOf(
    await raceForLock(app, { lock, waiting: 6 }, () => crowd(6, (i) => add(token, houseOf(100 + i)))),
  )
  const refused = outcomes.filter(({ status }) => status !== 201)
  assert.equal(refused.length, 4)
  for (const response of refused) expectProblem(response, 409, 'too-many-addresses')
  assert.equal((await listOf(token)).length, maxAddresses)
  expectResponse(await add(token, houseOf(0)), 200, SavedAddressView)
})

test('first addresses that are added at once have one default, and equal ones become one (WEB-1, REL-5)', async () => {
  const { access_token: token, user } = await app.signUp('first@example.com')
  const lock = sql`select from identity.users where id = ${user.id} for update`
  await raceForLock(app, { lock, waiting: 6 }, () => crowd(6, (i) => add(token, houseOf(i % 3))))
  const defaults = (await listOf(token)).map(({ is_default }) => is_default)
  assert.deepEqual(defaults, [true, false, false])
})

test('defaults that are chosen at once leave one, and a deletion of the default meanwhile leaves one (WEB-1, REL-5)', async () => {
  const { access_token: token, user } = await app.signUp('choice@example.com')
  const ids: string[] = []
  for (let i = 0; i < 4; i++) ids.push((await added(token, houseOf(i))).id)
  const lock = sql`select from identity.users where id = ${user.id} for update`
  await raceForLock(app, { lock, waiting: 5 }, () =>
    crowd(5, (i) => (i < 4 ? choose(token, ids[i] ?? '') : remove(token, ids[0] ?? ''))),
  )
  assert.equal((await listOf(token)).filter(({ is_default }) => is_default).length, 1)
})

test('an address of another user is not found, and a guest has none (WEB-1, A4)', async () => {
  const [anna, boris] = [await signUp('owner'), await signUp('other')]
  const { id } = await added(anna, home)
  for (const response of [await change(boris, id, work), await choose(boris, id), await remove(boris, id)])
    expectProblem(response, 404, 'not-found')
  assert.deepEqual([await housesOf(anna), await housesOf(boris)], [['12*'], []])
  expectProblem(await app.send('GET /auth/me/addresses'), 401, 'unauthorized')
  expectProblem(await app.send('POST /auth/me/addresses', { body: home }), 401, 'unauthorized')
})

for (const [name, body, code] of [
  ['no house', { ...home, house: '' }, 'validation-failed'],
  ['one coordinate', { ...home, lat: 55.1 }, 'place-incomplete'],
  ['a place beyond the pole', { ...home, lat: 91, lng: 38 }, 'validation-failed'],
  ['an endless street', { ...home, street: 'x'.repeat(201) }, 'validation-failed'],
  ['the id of another user', { ...home, user_id: '0192f3c4-0000-7000-8000-000000000001' }, 'validation-failed'],
] as const)
  test(`an address with ${name} is refused with ${code} (WEB-1)`, async () => {
    const token = await signUp(name.replaceAll(' ', '-'))
    expectProblem(await add(token, body), 400, code)
    const { id } = await added(token, home)
    expectProblem(await change(token, id, body), 400, code)
    assert.deepEqual(await housesOf(token), ['12*'])
  })

/** Merges an account that Telegram opened into an older one with a mailbox. */
async function merge(into: string, telegram_id: number) {
  const token = app.tokenIn(await app.linkTelegram(into, telegram_id))
  return expectResponse(await app.merge(into, token), 200, MergedView).merge_id
}

test('a merge brings the addresses, the default of the survivor stays, and a reversal gives them back (ID-12)', async () => {
  const { access_token: into } = await app.signUpVerified('survivor@example.com')
  app.advance(seconds(1))
  const { access_token: from } = await app.signInWithTelegram(70)
  await added(into, houseOf(1))
  for (const house of [2, 1, 3]) await added(from, houseOf(house))
  const merge_id = await merge(into, 70)
  assert.deepEqual(await housesOf(into), ['1*', '2', '3'], 'both had the first house')
  const moved = (await listOf(into)).find(({ house }) => house === '3')
  expectResponse(await choose(into, moved?.id ?? ''), 200)

  const proof = { token: into, body: { password: goodPassword } }
  expectResponse(await app.send(`POST /auth/merge/${merge_id}/undo`, proof), 204)
  assert.deepEqual(await housesOf(into), ['1*'])
  assert.deepEqual((await housesOf((await app.signInWithTelegram(70)).access_token)).toSorted(), ['1*', '2', '3'])
})

test('the account that another one joins gets its default with its addresses (ID-12)', async () => {
  const { access_token: into } = await app.signUpVerified('empty@example.com')
  app.advance(seconds(1))
  const { access_token: from } = await app.signInWithTelegram(71)
  await added(from, houseOf(1))
  await merge(into, 71)
  assert.deepEqual(await housesOf(into), ['1*'])
})
