import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, eventually, expectProblem, expectResponse, responseOf, responsesOf } from '#platform/testing'
import { after as later, hours, minutes } from '#platform/values'
import { goodPassword, openIdentityTest, ratesWith, type IdentityTest } from '../testing.ts'

const anna = 'anna@example.com'
const home = '198.51.100.1'
const newPassword = 'peonies in a blue vase'

let time: Date
let app: IdentityTest
beforeEach(async () => {
  time = new Date('2026-11-21T09:00:00Z')
  app = await openIdentityTest({ now: () => time, limits: ratesWith() })
  await app.startJobs()
})
afterEach(() => app.close())

type Request = Readonly<{ body?: object; address?: string; token?: string; cookie?: string }>
async function post(path: `/${string}`, { body, address = home, token, cookie }: Request = {}) {
  const headers = {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(cookie !== undefined && { cookie }),
  }
  const url = `/api/v1${path}`
  const response = await app.http.inject({
    method: 'POST',
    url,
    remoteAddress: address,
    headers,
    ...(body && { payload: body }),
  })
  return responseOf(`POST ${path}`, response)
}

/** Five other people, each at an address of their own, do something three times. */
async function fromFiveAddresses(act: (address: string) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < 15; n++) await act(`203.0.113.${1 + (n % 5)}`)
}
const requestReset = (email: string, address = home) => post('/auth/password/forgot', { body: { email }, address })

const linksTo = (email: string, path: string) =>
  app.mails.flatMap(({ to, text }) => (to === email ? (text.split(`${path}#`)[1]?.match(/^[\w-]{43}/)?.[0] ?? []) : []))

/** The jobs of all requests have ended. */
const settled = () =>
  eventually(async () => {
    const { rows } = await sql`select from graphile_worker._private_jobs`.execute(app.db)
    assert.equal(rows.length, 0)
  })

test('people who request codes for a mailbox do not keep its owner from a new password (ID-13, SEC-1)', async () => {
  await app.signUp(anna)
  await fromFiveAddresses((address) => requestReset(anna, address))
  await settled()
  const flood = linksTo(anna, '/password/reset').length
  assert.ok(flood <= 10, `${flood} e-mails`)

  expectResponse(await requestReset(anna), 204)
  await settled()
  assert.equal(
    linksTo(anna, '/password/reset').length,
    flood,
    'the latest e-mail still works, so that there is no other',
  )
  const code = linksTo(anna, '/password/reset').at(-1)
  const reset = await post('/auth/password/reset', { body: { code, new_password: newPassword } })
  expectResponse(reset, 204)

  // Every link ended with the one that she used: the next request gets a new one, while others go on.
  await fromFiveAddresses((address) => requestReset(anna, address))
  expectResponse(await requestReset(anna), 204)
  await settled()
  const next = linksTo(anna, '/password/reset').at(-1)
  expectResponse(await post('/auth/password/reset', { body: { code: next, new_password: goodPassword } }), 204)
})

test('a flood for a day sends a mailbox the rate of its e-mails and three more an hour, and its latest link works (ID-13, SEC-1)', async () => {
  await app.signUp(anna)
  const sent: number[] = []
  for (let hour = 0; hour < 24; hour++) {
    const before = linksTo(anna, '/password/reset').length
    for (let quarter = 0; quarter < 4; quarter++) {
      await fromFiveAddresses((address) =>
        requestReset(anna, `${address.slice(0, -1)}${hour * 5 + Number(address.at(-1))}`),
      )
      await settled()
      time = later(time, minutes(15))
    }
    sent.push(linksTo(anna, '/password/reset').length - before)
  }
  assert.ok(
    sent.slice(1).every((count) => count <= 13),
    sent.join(' '),
  )
  const code = linksTo(anna, '/password/reset').at(-1)
  expectResponse(await post('/auth/password/reset', { body: { code, new_password: newPassword } }), 204)
})

test('people who request codes for a mailbox do not keep its owner from verifying it (ID-13, SEC-1)', async () => {
  await fromFiveAddresses((address) => requestReset(anna, address))
  const registered = await post('/auth/register', { body: { email: anna, password: goodPassword, name: 'Anna' } })
  const { access_token: token } = expectResponse(registered, 201) as { access_token: string }
  assert.deepEqual(linksTo(anna, '/email/verify'), [], 'registrations send no more than the rate')
  for (let n = 0; n < 2; n++) expectResponse(await post('/auth/email/send', { token }), 204)
  const [code, ...others] = linksTo(anna, '/email/verify')
  assert.deepEqual(others, [], 'one link is enough while it works')
  expectResponse(await post('/auth/email/verify', { token, body: { code } }), 200)
})

test('one address gets no more e-mails for a mailbox than its rate, and neither do made-up tags of it (ID-13, SEC-1)', async () => {
  for (let n = 0; n < 3; n++) expectResponse(await requestReset(anna), 204)
  expectProblem(await requestReset(anna), 429, 'too-many-attempts')
  await fromFiveAddresses((address) => requestReset(anna, address))
  expectProblem(await requestReset('anna+shop@example.com', '198.51.100.7'), 429, 'too-many-attempts')
})

test('an account that is deleted and registered again in a loop sends its mailbox no flood (ID-13, ID-18)', async () => {
  await fromFiveAddresses((address) => requestReset(anna, address))
  for (let n = 0; n < 8; n++) {
    const address = `203.0.113.${100 + n}`
    const body = { email: anna, password: goodPassword, name: 'Anna' }
    const registered = expectResponse(await post('/auth/register', { body, address }), 201) as { access_token: string }
    await post('/auth/email/send', { token: registered.access_token, address })
    const deletion = { method: 'DELETE', url: '/api/v1/auth/me', remoteAddress: address } as const
    const headers = { authorization: `Bearer ${registered.access_token}` }
    const deleted = await app.http.inject({ ...deletion, headers, payload: { password: goodPassword } })
    assert.equal(deleted.statusCode, 204, deleted.body)
  }
  assert.ok(linksTo(anna, '/email/verify').length <= 3, `${linksTo(anna, '/email/verify').length} e-mails`)
})

test('people who guess the password of an account do not keep its owner, who read her e-mail, from signing in (ID-2, ID-13)', async () => {
  await app.signUp(anna)
  time = later(time, hours(1))
  for (let n = 0; n < 100; n++)
    await post('/auth/login', { body: { email: anna, password: 'a guess' }, address: `203.0.113.${1 + (n % 25)}` })
  const right = { email: anna, password: newPassword }
  expectResponse(await requestReset(anna), 204)
  await settled()
  const code = linksTo(anna, '/password/reset').at(-1)
  const reset = await post('/auth/password/reset', { body: { code, new_password: newPassword } })
  expectResponse(reset, 204)
  expectProblem(await post('/auth/login', { body: right }), 429, 'too-many-attempts')
  const [cookie = ''] = String(reset.headers['set-cookie']).split(';')
  expectResponse(await post('/auth/login', { body: right, cookie }), 200)
})

test('of many right passwords of one account at once a few are hashed, and the others are busy (ID-2, ID-3, SEC-1)', async () => {
  const slow = await openIdentityTest({ passwords: { concurrency: 1 } })
  const registered = await slow.signUp(anna)
  const { access_token: token } = registered
  const entered = await slow.logIn(anna)
  const [cookie = ''] = String(entered.headers['set-cookie']).split(';')
  const floods = [
    () => slow.send('POST /auth/login', { body: { email: anna, password: goodPassword }, headers: { cookie } }),
    () => slow.send('POST /auth/link/email', { token, body: { email: anna, password: goodPassword } }),
    () =>
      slow.send('POST /auth/password/change', {
        token,
        body: { current_password: 'a guess', new_password: newPassword },
      }),
  ]
  for (const flood of floods) {
    const answers = responsesOf(await crowd(30, flood))
    const busy = answers.filter(({ status }) => status === 503)
    assert.ok(busy.length >= 5, `${busy.length} of 30 are busy`)
    for (const answer of busy) expectProblem(answer, 503, 'busy')
  }
  await slow.close()
})
