import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import {
  adminMachine,
  anna,
  bearer,
  boris,
  machine,
  olga,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import type { ServerSettings } from './settings.ts'
import { createTeaShop, teaShop } from './tea-shop.ts'

let database: TestDatabase
let http: FastifyInstance
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
  http = await testServer([teaShop(database.db)], { db: database.db })
})
after(async () => {
  await http.close()
  await database.close()
})

const get = (url: string, authorization?: string, headers: Record<string, string> = {}) =>
  http.inject({ url: `/api/v1${url}`, headers: { ...(authorization && { authorization }), ...headers } })

test('a guest is asked to sign in, and somebody without the right is told which one is missing (rule 6)', async () => {
  const guest = await get('/mine')
  assert.deepEqual([guest.statusCode, guest.headers['www-authenticate']], [401, 'Bearer realm="posad"'])
  assert.equal((await get('/mine', bearer(anna))).json<{ user_id: string }>().user_id, anna.user_id)
  const customer = await get('/admin/till', bearer(anna))
  assert.equal(customer.statusCode, 403)
  assert.equal(customer.json<{ missing_permission: string }>().missing_permission, 'stall.count')
  assert.equal((await get('/admin/till')).statusCode, 401)
  assert.equal((await get('/admin/till', bearer(olga))).statusCode, 200)
  assert.equal((await get('/admin/till', bearer(adminMachine))).statusCode, 200)
  assert.equal((await get('/admin/till', bearer(machine))).statusCode, 403)
  assert.equal((await get('/internal/till', bearer(machine))).statusCode, 200)
  assert.equal((await get('/internal/till', bearer(olga))).statusCode, 403)
  assert.equal((await get('/mine', bearer(machine))).statusCode, 403)
})

test('a token that is not good is 401 wherever the caller matters, and not looked at where one signs in', async () => {
  for (const wrong of ['Bearer nonsense', 'Bearer', 'Basic YTpi', 'Bearer a b', `Bearer ${'a'.repeat(10_000)}`]) {
    const response = await get('/teas', wrong)
    assert.equal(response.statusCode, 401, wrong.slice(0, 30))
    assert.match(String(response.headers['www-authenticate']), /error="invalid_token"/)
  }
  const refresh = await http.inject({
    method: 'POST',
    url: '/api/v1/refresh',
    headers: { authorization: 'Bearer old' },
  })
  assert.deepEqual(refresh.json(), { caller: 'guest' })
  assert.equal((await http.inject({ url: '/health', headers: { authorization: 'Bearer old' } })).statusCode, 200)
})

test('texts are in the language a person chose, before that of the browser (rule 14)', async () => {
  const told = async (caller: typeof anna, language?: string) =>
    (await get('/trail', bearer(caller), language === undefined ? {} : { 'accept-language': language })).json<{
      locale: string
    }>().locale
  assert.deepEqual(
    [await told(anna), await told(anna, 'en'), await told({ ...anna, locale: 'ru' }, 'en')],
    ['ru', 'en', 'ru'],
  )
})

test('a login that cannot be checked because the database is away is 503, not 401', async () => {
  const server = await testServer([teaShop(database.db)], {
    db: database.db,
    authenticate: () => Promise.reject(Object.assign(new Error('down'), { code: 'ECONNREFUSED' })),
  })
  const response = await server.inject({ url: '/api/v1/mine', headers: { authorization: bearer(anna) } })
  assert.equal(response.statusCode, 503)
  await server.close()
})

test('every answer has its id and its time; a sane id of the caller is taken over (rule 9)', async () => {
  for (const url of ['/teas', '/nowhere', '/teas/500', '/mine']) {
    const { headers } = await get(url, undefined, { 'x-request-id': 'kiosk:17/a' })
    assert.equal(headers['x-request-id'], 'kiosk:17/a')
    assert.match(String(headers['x-response-time']), /^\d+\.\dms$/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.match(String(headers['content-security-policy']), /default-src 'none'/)
  }
  for (const wild of ['a b', 'x'.repeat(129), '<script>', 'имя']) {
    const { headers } = await get('/teas', undefined, { 'x-request-id': wild })
    assert.match(String(headers['x-request-id']), /^[\da-f-]{36}$/)
  }
})

test('browsers that come by TLS are told to insist on it, others are not (SEC-4)', async () => {
  const told = async (settings: Partial<ServerSettings>, headers: Record<string, string> = {}) => {
    const server = await testServer([teaShop(database.db)], { db: database.db, settings })
    const answers = ['/api/v1/teas', '/nowhere', '/api/docs'].map((url) =>
      server.inject({ url, headers, remoteAddress: '10.0.0.7' }),
    )
    const found = new Set((await Promise.all(answers)).map((answer) => answer.headers['strict-transport-security']))
    await server.close()
    return [...found]
  }
  const insists = ['max-age=31536000']
  const byTls = { 'x-forwarded-proto': 'https' }
  assert.deepEqual(await told({}), [undefined])
  assert.deepEqual(await told({ https: true }), insists, 'the shop has an https address')
  assert.deepEqual(await told({ trustedProxies: ['10.0.0.0/8'] }, byTls), insists, 'the proxy in front says so')
  assert.deepEqual(await told({ trustedProxies: ['10.0.0.0/8'] }, { 'x-forwarded-proto': 'http' }), [undefined])
  assert.deepEqual(await told({}, byTls), [undefined], 'anybody may say so')
})

test('a W3C trace goes on, and everything inside a request knows whose it is (rule 9)', async () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const traceContext = (await get('/trail', bearer(anna), { traceparent })).json<Record<string, string>>()
  assert.match(
    traceContext['traceparent'] ?? '',
    /^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[\da-f]{16}-01$/,
  )
  assert.equal(traceContext['user_id'], anna.user_id)
  assert.match(traceContext['correlation_id'] ?? '', /^[\da-f-]{36}$/)
  const id = '0192f3c4-0000-7000-8000-00000000abcd'
  const posted = await http.inject({
    method: 'POST',
    url: '/api/v1/trail',
    headers: { 'x-request-id': id, traceparent: '00-zz-yy-01' },
    payload: { note: 'x' },
  })
  const own = posted.json<Record<string, string>>()
  assert.deepEqual([own['request_id'], own['correlation_id']], [id, id])
  assert.match(own['traceparent'] ?? '', /^00-[\da-f]{32}-[\da-f]{16}-01$/)
})

test('too many requests are 429 with the headers that say when; each person has a limit of their own (rule 11, PLT-10)', async () => {
  const rates = { default: { count: 60, seconds: 60, burst: 3 } }
  const server = await testServer([teaShop(database.db)], {
    db: database.db,
    settings: { limits: { kind: 'on', rates } },
  })
  const ask = (authorization: string | undefined, address = '1.2.3.4') =>
    server.inject({
      url: '/api/v1/trail',
      remoteAddress: address,
      headers: { ...(authorization && { authorization }), 'x-forwarded-for': '9.9.9.9' },
    })
  const first = await ask(bearer(anna))
  assert.deepEqual(
    [
      first.statusCode,
      first.headers['ratelimit-limit'],
      first.headers['ratelimit-remaining'],
      first.headers['ratelimit-reset'],
    ],
    [200, '3', '2', '1'],
  )
  await ask(bearer(anna))
  await ask(bearer(anna))
  const fourth = await ask(bearer(anna))
  assert.deepEqual([fourth.statusCode, fourth.headers['retry-after']], [429, '1'])
  assert.equal(fourth.json<{ code: string }>().code, 'too-many-requests')
  assert.equal((await ask(bearer(boris))).statusCode, 200)
  for (let count = 0; count < 3; count++) assert.equal((await ask(undefined)).statusCode, 200)
  assert.equal((await ask(undefined)).statusCode, 429, 'X-Forwarded-For of a stranger changes nothing')
  assert.equal((await ask(undefined, '1.2.3.5')).statusCode, 200)
  assert.equal((await ask('Bearer wrong', '1.2.3.6')).headers['ratelimit-remaining'], '2', 'wrong tokens count too')
  for (let count = 0; count < 10; count++) assert.equal((await server.inject('/health')).statusCode, 200)
  await server.close()
})

test('X-Forwarded-For is believed when a trusted proxy says it', async () => {
  const rates = { default: { count: 60, seconds: 60, burst: 1 } }
  const settings = { limits: { kind: 'on', rates } as const, trustedProxies: ['10.0.0.0/8'] }
  const server = await testServer([teaShop(database.db)], { db: database.db, settings })
  const ask = async (remoteAddress: string, forwarded: string) =>
    (await server.inject({ url: '/api/v1/trail', remoteAddress, headers: { 'x-forwarded-for': forwarded } })).statusCode
  assert.deepEqual([await ask('10.1.1.1', '5.5.5.5'), await ask('10.1.1.1', '5.5.5.6')], [200, 200])
  assert.equal(await ask('10.1.1.1', '8.8.8.8, 5.5.5.5'), 429, 'only the address that the proxy saw counts')
  assert.deepEqual([await ask('6.6.6.6', '5.5.5.7'), await ask('6.6.6.6', '5.5.5.8')], [200, 429])
  await server.close()
})

test('pages of other origins may call the API only when they are on the list (A17)', async () => {
  const settings = { corsOrigins: ['https://shop.example'] }
  const server = await testServer([teaShop(database.db)], { db: database.db, settings })
  const from = async (origin: string) =>
    (await server.inject({ url: '/api/v1/teas', headers: { origin } })).headers['access-control-allow-origin']
  assert.equal(await from('https://shop.example'), 'https://shop.example')
  for (const origin of ['https://evil.example', 'null', 'https://shop.example.evil.com', 'http://shop.example']) {
    assert.equal(await from(origin), undefined, origin)
  }
  const preflight = await server.inject({
    method: 'OPTIONS',
    url: '/api/v1/teas',
    headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
  })
  assert.equal(preflight.statusCode, 204)
  await server.close()
  assert.equal(
    (await get('/teas', undefined, { origin: 'https://shop.example' })).headers['access-control-allow-origin'],
    undefined,
  )
})
