import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import type { Authenticate, TokenUse } from '#platform/access'
import {
  adminMachine,
  anna,
  bearer,
  boris,
  expectProblem,
  expectResponse,
  guest,
  machine,
  olga,
  openTestApi,
  responseOf,
  testDatabase,
  type TestApi,
  type TestDatabase,
} from '#platform/testing'
import type { ServerSettings } from '../server/server-settings.ts'
import { createTeaShop, teaShop } from '../testing.ts'

let database: TestDatabase
let api: TestApi
const open = (settings: Partial<ServerSettings> = {}) => openTestApi([teaShop(database.db)], { settings })
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
  api = await open()
})
after(async () => {
  await api.close()
  await database.close()
})

const get = (url: string, headers: Record<string, string> = {}) =>
  api.send(guest, `GET ${url as `/${string}`}`, { headers })
const Context = Type.Object({
  locale: Type.Optional(Type.String()),
  user_id: Type.Optional(Type.String()),
  request_id: Type.String(),
  correlation_id: Type.String(),
  traceparent: Type.String(),
})

test('a response whose route does not say otherwise is stored by no cache (F-42)', async () => {
  for (const [caller, route] of [
    [guest, 'GET /context'],
    [machine, 'GET /internal/till'],
    [guest, 'GET /nowhere'],
  ] as const) {
    assert.equal((await api.send(caller, route)).headers['cache-control'], 'no-store', route)
  }
  assert.equal((await api.send(guest, 'GET /teas/7')).headers['cache-control'], 'private, no-cache')
})

test('the caller of a write and of a route of staff is found by the use of the token (ID-14)', async () => {
  const uses: (TokenUse | undefined)[] = []
  const authenticate: Authenticate = async (_token, use) => {
    uses.push(use)
    return olga
  }
  const watched = await openTestApi([teaShop(database.db)], { authenticate })
  const headers = { authorization: 'Bearer a-token' }
  for (const route of ['GET /mine', 'GET /admin/till', 'POST /context'] as const) {
    await watched.send(guest, route, { headers, ...(route === 'POST /context' && { body: {} }) })
  }
  await watched.close()
  assert.deepEqual(uses, [
    { isWrite: false, isOfStaff: false },
    { isWrite: false, isOfStaff: true },
    { isWrite: true, isOfStaff: false },
  ])
})

test('a guest is asked to sign in, and a user without a permission learns its name (rule 6)', async () => {
  const unknown = await get('/mine')
  expectProblem(unknown, 401, 'unauthorized')
  assert.equal(unknown.headers['www-authenticate'], 'Bearer realm="posad"')
  const mine = expectResponse(await api.send(anna, 'GET /mine'), 200, Type.Object({ user_id: Type.String() }))
  assert.equal(mine.user_id, anna.user_id)
  const forbidden = expectProblem(await api.send(anna, 'GET /admin/till'), 403, 'forbidden')
  assert.equal(forbidden['missing_permission'], 'tea.count')
  expectProblem(await get('/admin/till'), 401, 'unauthorized')
})

test('permissions open staff routes, also to machines, and machine routes open to machines only (rule 6)', async () => {
  const counter = { kind: 'machine', name: 'counter', permissions: ['tea.count'] } as const
  expectResponse(await api.send(olga, 'GET /admin/till'), 200)
  expectResponse(await api.send(adminMachine, 'GET /admin/till'), 200)
  expectProblem(await api.send(machine, 'GET /admin/till'), 403, 'forbidden')
  expectResponse(await api.send(counter, 'GET /admin/till'), 200)
  expectResponse(await api.send(machine, 'GET /internal/till'), 200)
  expectProblem(await api.send(olga, 'GET /internal/till'), 403, 'forbidden')
  expectProblem(await api.send(machine, 'GET /mine'), 403, 'forbidden')
})

test('a token that is not valid is 401, except on routes that ignore tokens', async () => {
  for (const authorization of [
    'Bearer nonsense',
    'Bearer',
    'Basic YTpi',
    'Bearer a b',
    `Bearer ${'a'.repeat(10_000)}`,
  ]) {
    const response = await get('/teas', { authorization })
    expectProblem(response, 401, 'unauthorized')
    assert.match(String(response.headers['www-authenticate']), /error="invalid_token"/)
  }
  const expired = { authorization: 'Bearer old' }
  assert.deepEqual(expectResponse(await api.send(guest, 'POST /refresh', { headers: expired }), 200), {
    caller: 'guest',
  })
  expectResponse(responseOf('GET /health', await api.http.inject({ url: '/health', headers: expired })), 200)
})

test('texts are in the language that a user chose, before that of the browser (rule 14)', async () => {
  const localeFor = async (caller: typeof anna, language: string) =>
    expectResponse(await api.send(caller, 'GET /context', { headers: { 'accept-language': language } }), 200, Context)
      .locale
  assert.equal(await localeFor(anna, ''), 'ru')
  assert.equal(await localeFor(anna, 'en'), 'en')
  assert.equal(await localeFor({ ...anna, locale: 'ru' }, 'en'), 'ru')
})

test('a token that cannot be checked because the database is away is 503, not 401', async () => {
  const authenticate = () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' }))
  const other = await openTestApi([teaShop(database.db)], { authenticate })
  expectProblem(await other.send(anna, 'GET /mine'), 503, 'unavailable')
  await other.close()
})

test('every response has its id and its time; a safe id of the caller is used (rule 9)', async () => {
  for (const url of ['/teas', '/nowhere', '/teas/500', '/mine']) {
    const { headers } = await get(url, { 'x-request-id': 'kiosk:17/a' })
    assert.equal(headers['x-request-id'], 'kiosk:17/a')
    assert.match(String(headers['x-response-time']), /^\d+\.\dms$/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  }
  for (const unsafe of ['a b', 'x'.repeat(129), '<script>', 'имя']) {
    const { headers } = await get('/teas', { 'x-request-id': unsafe })
    assert.match(String(headers['x-request-id']), /^[\da-f-]{36}$/)
  }
})

test('a response over TLS requires TLS from the browser, other responses do not (SEC-4)', async () => {
  const policiesOf = async (settings: Partial<ServerSettings>, headers: Record<string, string> = {}) => {
    const other = await open(settings)
    const responses = ['/api/v1/teas', '/nowhere', '/api/docs'].map((url) =>
      other.http.inject({ url, headers, remoteAddress: '10.0.0.7' }),
    )
    const found = new Set((await Promise.all(responses)).map((one) => one.headers['strict-transport-security']))
    await other.close()
    return [...found]
  }
  const insists = ['max-age=31536000']
  const byTls = { 'x-forwarded-proto': 'https' }
  const trustedProxies = ['10.0.0.0/8']
  assert.deepEqual(await policiesOf({}), [undefined])
  assert.deepEqual(await policiesOf({ https: true }), insists, 'the shop has an https address')
  assert.deepEqual(await policiesOf({ trustedProxies }, byTls), insists, 'the trusted proxy says so')
  assert.deepEqual(await policiesOf({ trustedProxies }, { 'x-forwarded-proto': 'http' }), [undefined])
  assert.deepEqual(await policiesOf({}, byTls), [undefined], 'the header of an untrusted sender is ignored')
})

test('a W3C trace goes on, and everything inside a request knows its user (rule 9)', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const response = await api.send(anna, 'GET /context', { headers: { traceparent } })
  const context = expectResponse(response, 200, Context)
  assert.match(context.traceparent, /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[\da-f]{16}-01$/)
  assert.equal(context.user_id, anna.user_id)
  assert.match(context.correlation_id, /^[\da-f-]{36}$/)
  const id = '0192f3c4-0000-7000-8000-00000000abcd'
  const headers = { 'x-request-id': id, traceparent: '00-zz-yy-01' }
  const posted = await api.send(guest, 'POST /context', { headers, body: { note: 'x' } })
  const own = expectResponse(posted, 200, Context)
  assert.deepEqual([own.request_id, own.correlation_id], [id, id])
  assert.match(own.traceparent, /^00-[\da-f]{32}-[\da-f]{16}-01$/)
})

test('too many requests are 429 and say when to retry; each caller has a limit of their own (rule 11, PLT-10)', async () => {
  const limits = { kind: 'on', rates: { default: { count: 60, seconds: 60, burst: 3 } } } as const
  const limited = await open({ limits })
  const ask = async (authorization: string | undefined, address = '1.2.3.4') =>
    responseOf(
      'GET /context',
      await limited.http.inject({
        url: '/api/v1/context',
        remoteAddress: address,
        headers: { ...(authorization && { authorization }), 'x-forwarded-for': '9.9.9.9' },
      }),
    )
  const first = await ask(bearer(anna))
  expectResponse(first, 200)
  const { headers } = first
  const counted = [headers['ratelimit-limit'], headers['ratelimit-remaining'], headers['ratelimit-reset']]
  assert.deepEqual(counted, ['3', '2', '1'])
  await ask(bearer(anna))
  await ask(bearer(anna))
  const fourth = await ask(bearer(anna))
  expectProblem(fourth, 429, 'too-many-requests')
  assert.equal(fourth.headers['retry-after'], '1')
  expectResponse(await ask(bearer(boris)), 200)
  for (let count = 0; count < 3; count++) expectResponse(await ask(undefined), 200)
  // X-Forwarded-For of an untrusted sender changes nothing.
  expectProblem(await ask(undefined), 429, 'too-many-requests')
  expectResponse(await ask(undefined, '1.2.3.5'), 200)
  const wrong = await ask('Bearer wrong', '1.2.3.6')
  assert.equal(wrong.headers['ratelimit-remaining'], '2', 'a request with a wrong token counts too')
  for (let count = 0; count < 10; count++) {
    expectResponse(responseOf('GET /health', await limited.http.inject('/health')), 200)
  }
  await limited.close()
})

test('the accounts of one public address get together at most four times the limit (PLT-10)', async () => {
  const limits = { kind: 'on', rates: { default: { count: 60, seconds: 60, burst: 3 } } } as const
  const limited = await open({ limits, trustedProxies: ['loopback', '198.51.100.7'] })
  const ask = async (customer: number, remoteAddress: string) => {
    const authorization = bearer({ ...anna, user_id: `0192f3c4-0000-7000-8000-${String(customer).padStart(12, '0')}` })
    const headers = { authorization }
    return responseOf('GET /mine', await limited.http.inject({ url: '/api/v1/mine', remoteAddress, headers }))
  }
  const statusesOf = async (address: string) => {
    const customers = Array.from({ length: 5 }, (_, customer) => customer)
    const answers: number[] = []
    for (const customer of customers) {
      for (let count = 0; count < 3; count++) answers.push((await ask(customer + hash(address), address)).status)
    }
    return answers
  }
  const granted = Array.from({ length: 12 }, () => 200)
  for (const address of ['8.8.4.4', '2001:db8::7']) {
    assert.deepEqual(await statusesOf(address), [...granted, 429, 429, 429], address)
    const refused = await ask(99, address)
    expectProblem(refused, 429, 'too-many-requests')
    assert.deepEqual([refused.headers['ratelimit-limit'], refused.headers['retry-after']], ['12', '1'])
  }
  expectResponse(await ask(99, '8.8.4.5'), 200)
  const { headers } = await ask(99, '8.8.4.5')
  assert.deepEqual([headers['ratelimit-limit'], headers['ratelimit-remaining']], ['3', '1'], 'nothing was taken before')
  for (const address of ['192.168.1.7', '198.51.100.7', '127.0.0.1']) {
    assert.deepEqual(await statusesOf(address), [...granted, 200, 200, 200], address)
  }
  await limited.close()
})

const hash = (text: string): number =>
  Array.from(text).reduce((sum, one) => sum * 31 + one.charCodeAt(0), 0) % 1_000_000

test('where only refusals count, answered requests are free (PLT-10)', async () => {
  const limits = { kind: 'on', rates: { default: { count: 60, seconds: 60, burst: 3 } } } as const
  const limited = await open({ limits })
  const check = (body: object) => limited.send(guest, 'POST /checks', { body })
  for (let count = 0; count < 10; count++) expectResponse(await check({ note: 'tea' }), 200)
  for (let count = 0; count < 3; count++) expectProblem(await check({ note: 7 }), 400, 'validation-failed')
  expectProblem(await check({ note: 7 }), 429, 'too-many-requests')
  expectProblem(await check({ note: 'tea' }), 429, 'too-many-requests')
  await limited.close()
})

test('X-Forwarded-For of a trusted proxy is the address that counts (PLT-10)', async () => {
  const limits = { kind: 'on', rates: { default: { count: 60, seconds: 60, burst: 1 } } } as const
  const limited = await open({ limits, trustedProxies: ['10.0.0.0/8'] })
  const ask = async (remoteAddress: string, forwarded: string) => {
    const headers = { 'x-forwarded-for': forwarded }
    const response = await limited.http.inject({ url: '/api/v1/context', remoteAddress, headers })
    return responseOf(`GET /context for ${forwarded}`, response)
  }
  expectResponse(await ask('10.1.1.1', '5.5.5.5'), 200)
  expectResponse(await ask('10.1.1.1', '5.5.5.6'), 200)
  // Only the address that the proxy itself has seen counts.
  expectProblem(await ask('10.1.1.1', '8.8.8.8, 5.5.5.5'), 429, 'too-many-requests')
  expectResponse(await ask('6.6.6.6', '5.5.5.7'), 200)
  expectProblem(await ask('6.6.6.6', '5.5.5.8'), 429, 'too-many-requests')
  await limited.close()
})

test('pages of other origins may call the API only when they are on the list (A17)', async () => {
  const shop = await open({ corsOrigins: ['https://shop.example'] })
  const allowedFor = async (origin: string) =>
    (await shop.send(guest, 'GET /teas', { headers: { origin } })).headers['access-control-allow-origin']
  assert.equal(await allowedFor('https://shop.example'), 'https://shop.example')
  for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.com', 'http://shop.example']) {
    assert.equal(await allowedFor(origin), undefined, origin)
  }
  const preflight = await shop.send(guest, 'OPTIONS /teas', {
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  expectResponse(preflight, 204)
  await shop.close()
  const { headers } = await get('/teas', { origin: 'https://shop.example' })
  assert.equal(headers['access-control-allow-origin'], undefined)
})

test('an unknown path is 404 and a known one with another method 405, also where other origins may call (F-42)', async () => {
  const own = await open({ corsOrigins: ['https://shop.example'] })
  const ask = async (method: 'GET' | 'POST' | 'DELETE' | 'PUT', url: string) =>
    responseOf(`${method} ${url}`, await own.http.inject({ method, url }))
  for (const url of ['/nowhere', '/api/v1/nowhere', '/api/v1/teas/7/cups', '/api/v1/teas/7/'])
    expectProblem(await ask('GET', url), 404, 'no-such-route')
  for (const [method, url, allow] of [
    ['DELETE', '/api/v1/teas', 'GET, HEAD, POST'],
    ['PUT', '/api/v1/teas/7', 'GET, HEAD'],
    ['POST', '/api/docs', 'GET, HEAD'],
  ] as const) {
    const refused = await ask(method, url)
    expectProblem(refused, 405, 'method-not-allowed')
    assert.equal(refused.headers['allow'], allow)
  }
  await own.close()
})
