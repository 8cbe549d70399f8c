import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { InjectOptions } from 'fastify'
import {
  anna,
  bearer,
  expectProblem,
  expectResponse,
  guest,
  openTestApi,
  responseOf,
  testDatabase,
  type TestApi,
  type TestDatabase,
  type TestProblem,
} from '#platform/testing'
import { createTeaShop, teaShop, TeaView } from '../testing.ts'

let database: TestDatabase
let api: TestApi
before(async () => {
  database = await testDatabase({ parts: [] })
  await createTeaShop(database.db)
  api = await openTestApi([teaShop(database.db)])
})
after(async () => {
  await api.close()
  await database.close()
})

type Issues = TestProblem & Readonly<{ errors: readonly { pointer: string; detail: string }[] }>

/** Sends bytes that no client of ours would send. */
async function sendRaw(payload: string | Buffer, { headers, ...more }: InjectOptions = {}) {
  const response = await api.http.inject({
    method: 'POST',
    url: '/api/v1/teas',
    headers: {
      authorization: bearer(anna),
      'accept-language': 'en',
      'content-type': 'application/json',
      ...headers,
    },
    payload,
    ...more,
  })
  return responseOf(String(payload).slice(0, 80), response)
}
const get = (query: string) => api.send(guest, `GET /teas${query}`)

test('a refusal says its code, its reason in the language of the buyer and further facts (rule 6, 14)', async () => {
  const body = { grams: 404 }
  const russian = await api.send(anna, 'POST /teas', { body, headers: { 'accept-language': 'ru' } })
  assert.match(String(russian.headers['content-type']), /^application\/problem\+json/)
  assert.deepEqual(expectProblem(russian, 409, 'sold-out'), {
    type: 'urn:posad:problem:sold-out',
    title: 'Sold out',
    status: 409,
    code: 'sold-out',
    detail: 'Всё продано',
    request_id: russian.headers['x-request-id'],
    left: 3,
  })
  const english = await api.send(anna, 'POST /teas', { body, headers: { 'accept-language': 'en-GB,ru;q=0.5' } })
  assert.equal(expectProblem(english, 409, 'sold-out').detail, 'All sold')
})

test('a refusal sends only the members that its answer declares and the API document lists (F-52)', async () => {
  const problem = expectProblem(await api.send(anna, 'POST /teas', { body: { grams: 405 } }), 409, 'too-much')
  assert.equal('left' in problem, false)
})

test('every wrong field is named at once, with a pointer (rule 6)', async () => {
  const body = { grams: '1', sort: 'white', price: 1, more: [{ grams: 1 }, { grams: 0.5, role: 'admin' }] }
  const { errors } = expectProblem(await api.send(anna, 'POST /teas', { body }), 400, 'validation-failed') as Issues
  assert.deepEqual(
    errors.toSorted((one, other) => (one.pointer < other.pointer ? -1 : 1)),
    [
      { pointer: '/body/grams', detail: 'must be integer' },
      { pointer: '/body/more/1/grams', detail: 'must be integer' },
      { pointer: '/body/more/1/role', detail: 'is not a known field' },
      { pointer: '/body/price', detail: 'is not a known field' },
      { pointer: '/body/sort', detail: 'must be one of "green", "black"' },
    ],
  )
})

test('no unknown field and no number out of bounds is accepted (A5, A7, rule 7)', async () => {
  const grams = [
    '-1',
    '0',
    '0.5',
    '1e9',
    '2147483648',
    '9007199254740993',
    '"1"',
    'null',
    '1e400',
    '[1]',
    '{}',
    'true',
    '99999999999999999999',
  ]
  for (const one of grams) expectProblem(await sendRaw(`{"grams":${one}}`), 400, 'validation-failed')
  for (const field of ['role', 'isAdmin', 'price', 'total', 'status', 'user_id', 'created_at', 'id']) {
    const response = await api.send(anna, 'POST /teas', { body: { grams: 1, [field]: 1 } })
    const { errors } = expectProblem(response, 400, 'validation-failed') as Issues
    assert.equal(errors[0]?.pointer, `/body/${field}`)
  }
  const { errors } = expectProblem(await sendRaw('{}'), 400, 'validation-failed') as Issues
  assert.equal(errors[0]?.pointer, '/body/grams')
})

test('a body that is not JSON, or has text that PostgreSQL cannot store, is 400 (A20, A21)', async () => {
  const bodies: [string | Buffer, string][] = [
    ['{"grams":', 'malformed-body'],
    ['{"grams":NaN}', 'malformed-body'],
    ['', 'empty-body'],
    [Buffer.from('7b226e6f7465223a22c328227d', 'hex'), 'malformed-body'],
    ['{"grams":1,"note":"a\\u0000b"}', 'validation-failed'],
    ['{"grams":1,"note":"\\ud800"}', 'validation-failed'],
    ['{"grams":1,"__proto__":{"admin":true}}', 'validation-failed'],
    ['{"grams":1,"constructor":{"prototype":{"admin":true}}}', 'validation-failed'],
    [`{"grams":1,"note":${'['.repeat(10_000)}${']'.repeat(10_000)}}`, 'validation-failed'],
    ['null', 'validation-failed'],
    ['[]', 'validation-failed'],
  ]
  for (const [body, code] of bodies) expectProblem(await sendRaw(body), 400, code)
  const text = await sendRaw(JSON.stringify({ grams: 404, note: '\\u0000 🍵' }))
  expectProblem(text, 409, 'sold-out')
  for (const body of ['{"__proto__":{"admin":true}}', '{"a":{"constructor":{"prototype":{"admin":true}}}}']) {
    // The route lets unknown fields through, but not these.
    expectProblem(await sendRaw(body, { url: '/api/v1/hooks' }), 400, 'validation-failed')
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

test('a route that takes no body refuses one with fields, which it would ignore (F-19, rule 7)', async () => {
  for (const body of ['{"reason":"x"}', '[]', 'null', '1'])
    expectProblem(await sendRaw(body, { url: '/api/v1/refresh' }), 400, 'unexpected-body')
  for (const body of ['{}', '']) expectResponse(await sendRaw(body, { url: '/api/v1/refresh' }), 200)
})

test('a large wrong body is refused at its first error, within a second (A21)', async () => {
  const more = Array.from({ length: 2500 }, () => ({ grams: 0, x: 1 }))
  const started = performance.now()
  const response = await api.send(anna, 'POST /teas', { body: { grams: 1, more } })
  const { errors } = expectProblem(response, 400, 'validation-failed') as Issues
  assert.equal(errors.length, 1)
  assert.ok(performance.now() - started < 1000)
})

test('a body of more than 64 KiB is 413, and more than 1 KiB where the route takes none (A21)', async () => {
  const json = (bytes: number) => `{"note":"${'a'.repeat(bytes - 11)}"}`
  expectProblem(await sendRaw(json(65_536)), 400, 'validation-failed')
  expectProblem(await sendRaw(json(65_537)), 413, 'body-too-large')
  expectProblem(await sendRaw(json(1024), { url: '/api/v1/refresh' }), 400, 'unexpected-body')
  expectProblem(await sendRaw(json(1025), { url: '/api/v1/refresh' }), 413, 'body-too-large')
})

test('only JSON is read: a form of a foreign page is 415 (A17)', async () => {
  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'nonsense']
  for (const type of types) {
    const response = await sendRaw('{"grams":1}', { headers: { authorization: bearer(anna), 'content-type': type } })
    expectProblem(response, 415, 'unsupported-media-type')
  }
})

test('queries are read as text, and unknown parameters are refused (rule 7, A20)', async () => {
  expectResponse(await get('?page=2&page_size=5&tag=a&tag=b'), 200)
  expectResponse(await get('?tag=a'), 200)
  const wrong = [
    'pagesize=5',
    'page=0',
    'page=x',
    'page=',
    'page=1&page=2',
    'page_size=101',
    'a[__proto__][x]=1',
    '__proto__=1',
    'constructor=1',
    Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&'),
  ]
  for (const query of wrong) expectProblem(await get(`?${query}`), 400, 'validation-failed')
  const russian = await api.send(guest, 'GET /teas?pages=5', { headers: { 'accept-language': 'ru' } })
  const { errors } = expectProblem(russian, 400, 'validation-failed') as Issues
  assert.deepEqual(errors, [{ pointer: '/query/pages', detail: 'неизвестное поле' }])
})

test('an id in a form that PostgreSQL does not read is 400 in a body and in a query (rule 6)', async () => {
  const harvest_id = '0192f3c4-0000-7000-8000-00000000abcd'
  for (const id of [harvest_id, harvest_id.toUpperCase()]) {
    expectProblem(await api.send(anna, 'POST /teas', { body: { grams: 404, harvest_id: id } }), 409, 'sold-out')
    expectResponse(await get(`?harvest_id=${id}`), 200)
  }
  for (const id of [`urn:uuid:${harvest_id}`, `{${harvest_id}}`, harvest_id.replaceAll('-', '')]) {
    const body = { grams: 404, harvest_id: id }
    expectProblem(await api.send(anna, 'POST /teas', { body }), 400, 'validation-failed')
    expectProblem(await get(`?harvest_id=${id}`), 400, 'validation-failed')
  }
})

test('an unknown URL is 404, an unknown method of a known URL is 405 with Allow', async () => {
  expectProblem(await api.send(guest, 'GET /coffees'), 404, 'no-such-route')
  expectProblem(await get('/404'), 404, 'not-found')
  const list = await api.send(guest, 'DELETE /teas')
  expectProblem(list, 405, 'method-not-allowed')
  assert.equal(list.headers['allow'], 'GET, HEAD, POST')
  assert.equal((await api.send(guest, 'PUT /teas/7')).headers['allow'], 'GET, HEAD')
})

test('a malformed URL is 400, and a URL that is too long is 414', async () => {
  expectProblem(await get('/%ZZ'), 400, 'malformed-url')
  expectProblem(await get('?q=%00'), 400, 'malformed-url')
  expectProblem(await get(`/${'7'.repeat(600)}`), 414, 'url-too-long')
  expectProblem(await get(`?q=${'7'.repeat(9000)}`), 414, 'url-too-long')
})

test('an unexpected error is 500 without its details; an absent database is 503 (rule 6)', async () => {
  const broken = await get('/500')
  expectProblem(broken, 500, 'internal-error')
  assert.doesNotMatch(broken.text, /secret|postgres|\.ts/)
  const sale = await api.send(anna, 'POST /teas', { body: { grams: 500 } })
  const { request_id: _, ...problem } = expectProblem(sale, 500, 'internal-error')
  assert.doesNotMatch(JSON.stringify(problem), /scales|42/)
  for (const away of [503, 504]) {
    const response = await get(`/${away}`)
    expectProblem(response, 503, 'unavailable')
    assert.equal(response.headers['retry-after'], '1')
  }
})

test('a module says which of its paths also answer without the version', async () => {
  const other = await openTestApi([{ ...teaShop(database.db), unversionedPaths: ['/teas'] }])
  const inject = async (url: string) => responseOf(url, await other.http.inject(url))
  expectResponse(await inject('/api/teas/7'), 200, TeaView)
  expectResponse(await inject('/api/v1/teas/7'), 200, TeaView)
  expectResponse(await inject('/api/teas?page=2'), 200)
  expectProblem(await inject('/api/teasx/7'), 404, 'no-such-route')
  expectProblem(await inject('/api/mine'), 404, 'no-such-route')
  await other.close()
})

const browser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

test('a browser that opens a wrong address gets a page in its language, a program a document (F-75)', async () => {
  const ask = async (url: string, headers: Record<string, string>) => await api.http.inject({ url, headers })
  const page = await ask('/nowhere<b>', { ...browser, 'accept-language': 'ru' })
  assert.deepEqual([page.statusCode, page.headers['content-type']], [404, 'text/html; charset=utf-8'])
  assert.match(page.body, /По этому адресу ничего нет\./)
  assert.match(page.body, /<html lang="ru">[^]*name="viewport"/)
  assert.match(page.body, new RegExp(String(page.headers['x-request-id'])))
  assert.match(String(page.headers['content-security-policy']), /default-src 'none'; style-src 'self' 'sha256-/)
  assert.doesNotMatch(page.body, /<script|nowhere/)
  for (const accept of ['*/*', 'application/json', 'text/html;q=0.1, application/json', 'text/plain']) {
    expectProblem(responseOf(accept, await ask('/nowhere', { accept })), 404, 'no-such-route')
  }
  expectProblem(responseOf('an address of the API', await ask('/api/v1/nowhere', browser)), 404, 'no-such-route')
})

test('every page has an icon (F-75)', async () => {
  for (const url of ['/favicon.svg', '/favicon.ico']) {
    const { statusCode, headers, body } = await api.http.inject(url)
    assert.deepEqual([statusCode, headers['content-type']], [200, 'image/svg+xml'])
    assert.match(body, /^<svg xmlns/)
  }
})

test('a Russian answer has no English words but names (F-55, F-75)', async () => {
  const send = async (payload: string) => {
    const response = await sendRaw(payload, { headers: { 'accept-language': 'ru' } })
    return (expectProblem(response, 400, 'validation-failed') as Issues).errors
  }
  assert.deepEqual(await send('{"grams":"1","sort":"white"}'), [
    { pointer: '/body/grams', detail: 'ожидается целое число' },
    { pointer: '/body/sort', detail: 'ожидается одно из: "green", "black"' },
  ])
  const [forbidden] = await send('{"grams":1,"note":"\\u0000"}')
  assert.equal(forbidden?.detail, 'недопустимое имя, недопустимый символ или слишком большая вложенность')
  const list = await api.send(guest, 'GET /teas?page=1&page=2', { headers: { 'accept-language': 'ru' } })
  assert.deepEqual((expectProblem(list, 400, 'validation-failed') as Issues).errors, [
    { pointer: '/query/page', detail: 'указано несколько раз' },
  ])
})
