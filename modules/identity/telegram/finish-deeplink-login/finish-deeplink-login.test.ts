import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { assertNotStored, crowd, expectProblem, expectResponse, responsesOf } from '#platform/testing'
import { after as later, days, minutes } from '#platform/values'
import { LinkView } from '../../linking/schema.ts'
import { SignedInView } from '../../schema.ts'
import { goodPassword, internalToken, openIdentityTest, type IdentityTest } from '../../testing.ts'
import { DeeplinkAnswerView, DeeplinkLoginView, WaitingLoginView } from '../schema.ts'

let time = new Date('2026-11-21T09:00:00Z')
let app: IdentityTest
before(async () => {
  const telegram = { public_key: '0'.repeat(64), maxAge: days(1), bot_username: 'tea_bot' }
  app = await openIdentityTest({ now: () => time, telegram })
})
after(() => app.close())

const device = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0' }

/** A browser begins a login. */
async function begin() {
  const begun = await app.send('POST /auth/telegram/deeplink', { headers: device })
  const { link, number, command } = expectResponse(begun, 200, DeeplinkLoginView)
  const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? ''
  const token = new URL(link).searchParams.get('start')?.slice('li_'.length) ?? ''
  return { cookie, token, number, command }
}
const toBot = (path: 'show' | 'answer', body: object, token = internalToken) =>
  app.send(`POST /internal/telegram-logins/${path}`, { token, body })
const answer = (token: string, number: number | null, id = 81) =>
  toBot('answer', { token, number, telegram_user: { id, first_name: 'Анна', language_code: 'ru' } })
const answered = async (token: string, number: number | null, id?: number) =>
  expectResponse(await answer(token, number, id), 200, DeeplinkAnswerView).status
const finish = (cookie: string) => app.send('POST /auth/telegram/deeplink/finish', { headers: { cookie } })

test('a browser is signed in when its person picks its number in the bot, once (ID-11)', async () => {
  const { cookie, token, number, command } = await begin()
  assert.equal(command, `/start li_${token}`)
  expectResponse(await finish(cookie), 202)
  const shown = expectResponse(await toBot('show', { token }), 200, WaitingLoginView)
  assert.equal(shown.device, 'Firefox, Linux')
  assert.ok(shown.choices.includes(number))
  assert.equal(await answered(token, number), 'approved')
  const { user } = expectResponse(await finish(cookie), 200, SignedInView)
  assert.deepEqual([user.name, user.locale], ['Анна', 'ru'])
  expectProblem(await finish(cookie), 401, 'login-not-started')
  const path = `GET /internal/users/by-telegram/81` as const
  assert.equal((expectResponse(await app.send(path, { token: internalToken }), 200) as { id: string }).id, user.id)
  await app.assertNoViolations()
})

test('a browser says nothing to the person in the bot but its name (ID-11)', async () => {
  const text = { 'user-agent': 'Chrome on Windows (the shop shows number 42)' }
  const begun = await app.send('POST /auth/telegram/deeplink', { headers: text })
  const { link } = expectResponse(begun, 200, DeeplinkLoginView)
  const token = new URL(link).searchParams.get('start')?.slice('li_'.length) ?? ''
  assert.equal(expectResponse(await toBot('show', { token }), 200, WaitingLoginView).device, 'Windows')
})

test('a link from another person signs in no browser without its number (ID-11)', async () => {
  const thief = await begin()
  const { choices } = expectResponse(await toBot('show', { token: thief.token }), 200, WaitingLoginView)
  const wrong = choices.find((choice) => choice !== thief.number) ?? 0
  assert.equal(await answered(thief.token, wrong), 'refused')
  expectProblem(await finish(thief.cookie), 403, 'login-refused')
  expectProblem(await answer(thief.token, thief.number), 404, 'not-found')
  const other = await begin()
  assert.equal(await answered(other.token, null), 'refused', 'not me')
  expectProblem(await finish(other.cookie), 403, 'login-refused')
})

test('an approved login opens a session in the browser that began it only, and within five minutes (ID-11)', async () => {
  const [mine, other] = [await begin(), await begin()]
  assert.equal(await answered(mine.token, mine.number, 82), 'approved')
  for (const cookie of ['', 'posad_telegram=invented', `posad_telegram=${mine.token}`])
    expectProblem(await finish(cookie), 401, 'login-not-started')
  expectResponse(await finish(other.cookie), 202)
  time = later(time, minutes(5))
  expectProblem(await finish(mine.cookie), 401, 'login-not-started')
  expectProblem(await toBot('show', { token: other.token }), 404, 'not-found')
  expectProblem(await answer(other.token, other.number), 404, 'not-found')
})

test('only the bot answers, and neither the cookie nor the database has the token of the link (ID-11, ID-15)', async () => {
  const { token, number, cookie } = await begin()
  const { access_token } = await app.signUp('customer@example.com')
  for (const caller of ['', access_token]) {
    const response = await toBot('answer', { token, number, telegram_user: { id: 83, first_name: 'A' } }, caller)
    assert.ok([401, 403].includes(response.status), String(response.status))
  }
  const rows = await app.db.selectFrom('identity.deeplink_logins').selectAll().execute()
  assertNotStored(rows, token, cookie.split('=')[1] ?? assert.fail('no cookie'))
})

test('of ten answers and ten questions at once one each takes effect (ID-11, REL-5)', async () => {
  const { cookie, token, number } = await begin()
  const answers = responsesOf(await crowd(10, (i) => answer(token, i % 2 === 0 ? number : null, 84)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
  const again = await begin()
  assert.equal(await answered(again.token, again.number, 84), 'approved')
  const finished = responsesOf(await crowd(10, () => finish(again.cookie)))
  assert.equal(finished.filter(({ status }) => status === 200).length, 1)
  assert.notEqual(cookie, again.cookie)
})

test('a customer links a Telegram account by the same question, in the own session only (ID-11, ID-12)', async () => {
  const anna = await app.signUp('anna@example.com')
  const boris = await app.signUp('boris@example.com')
  await app.verify('anna@example.com')
  const path = 'POST /auth/link/telegram/deeplink'
  expectProblem(await app.send(path, { token: anna.access_token, body: {} }), 403, 'wrong-password')
  const begun = await app.send(path, { token: anna.access_token, body: { password: goodPassword } })
  const { link, number } = expectResponse(begun, 200, DeeplinkLoginView)
  const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? ''
  const linked = (token: string) => app.send(`${path}/finish`, { token, headers: { cookie } })
  expectResponse(await linked(anna.access_token), 202)
  const token = new URL(link).searchParams.get('start')?.slice('li_'.length) ?? ''
  assert.equal(await answered(token, number, 85), 'approved')
  expectProblem(await linked(boris.access_token), 401, 'login-not-started')
  expectProblem(await finish(cookie), 401, 'login-not-started')
  assert.equal(expectResponse(await linked(anna.access_token), 200, LinkView).status, 'linked')
  const again = await begin()
  await answered(again.token, again.number, 85)
  assert.equal(expectResponse(await finish(again.cookie), 200, SignedInView).user.id, anna.user.id)
})
