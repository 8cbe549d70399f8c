import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { anna, bearer, testDatabase, testServer, type TestDatabase } from '#platform/testing'
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

const as = { authorization: bearer(anna) }
type Problem = {
  status: number
  code: string
  detail: string
  request_id: string
  errors?: { pointer: string; detail: string }[]
}

async function problem(request: InjectOptions): Promise<Problem & Record<string, unknown>> {
  const response = await http.inject(request)
  assert.match(String(response.headers['content-type']), /^application\/problem\+json/)
  const document = response.json<Problem & Record<string, unknown>>()
  assert.equal(document.status, response.statusCode)
  assert.equal(document.request_id, response.headers['x-request-id'])
  return document
}
const selling = (payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url: '/api/v1/teas',
  headers: { ...as, 'content-type': 'application/json', ...headers },
  payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload),
})

test('a refusal tells what, why and what else there is, in the language of the buyer (rule 6, 14)', async () => {
  const russian = await problem(selling({ grams: 404 }))
  assert.deepEqual(
    { ...russian, request_id: '' },
    {
      type: 'urn:posad:problem:sold-out',
      title: 'Sold out',
      status: 409,
      code: 'sold-out',
      detail: 'Всё продано',
      request_id: '',
      left: 3,
    },
  )
  assert.equal((await problem(selling({ grams: 404 }, { 'accept-language': 'en-GB,ru;q=0.5' }))).detail, 'All sold')
})

test('every wrong field is named at once, with a pointer (rule 6)', async () => {
  const { code, errors } = await problem(
    selling(
      { grams: '1', sort: 'white', price: 1, more: [{ grams: 1 }, { grams: 0.5, role: 'admin' }] },
      { 'accept-language': 'en' },
    ),
  )
  assert.equal(code, 'validation-failed')
  assert.deepEqual(
    errors?.toSorted((one, other) => (one.pointer < other.pointer ? -1 : 1)),
    [
      { pointer: '/body/grams', detail: 'must be integer' },
      { pointer: '/body/more/1/grams', detail: 'must be integer' },
      { pointer: '/body/more/1/role', detail: 'is not known here' },
      { pointer: '/body/price', detail: 'is not known here' },
      { pointer: '/body/sort', detail: 'must be one of "green", "black"' },
    ],
  )
})

test('no field can be smuggled in, and no number is out of bounds (A5, A7, rule 7)', async () => {
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
  for (const one of grams) assert.equal((await problem(selling(`{"grams":${one}}`))).status, 400, one)
  for (const field of ['role', 'isAdmin', 'price', 'total', 'status', 'user_id', 'created_at', 'id']) {
    const { errors } = await problem(selling({ grams: 1, [field]: 1 }))
    assert.equal(errors?.[0]?.pointer, `/body/${field}`)
  }
  assert.equal((await problem(selling({}))).errors?.[0]?.pointer, '/body/grams')
})

test('what is not JSON, or not text that can be kept, is 400 (A20, A21)', async () => {
  const bodies: [unknown, string][] = [
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
  for (const [body, code] of bodies) {
    const answer = await problem(selling(body))
    assert.deepEqual([answer.status, answer.code], [400, code], String(body).slice(0, 60))
  }
  const text = await problem(selling({ grams: 404, note: '\\u0000 🍵' }))
  assert.equal(text.code, 'sold-out', 'a backslash and a cup of tea are allowed')
  for (const body of ['{"__proto__":{"admin":true}}', '{"a":{"constructor":{"prototype":{"admin":true}}}}']) {
    const hook = { ...selling(body), url: '/api/v1/hooks' }
    assert.equal((await problem(hook)).status, 400, 'also where unknown fields are let through')
  }
  assert.equal(({} as { admin?: boolean }).admin, undefined)
})

test('a large wrong body is refused at its first fault and quickly (A21)', async () => {
  const many = Array.from({ length: 60_000 }, () => ({ grams: 0, x: 1 }))
  const started = performance.now()
  const { errors } = await problem(selling({ grams: 1, more: many.slice(0, 40_000) }))
  assert.equal(errors?.length, 1)
  assert.ok(performance.now() - started < 1000)
  assert.equal((await problem(selling(`{"note":"${'a'.repeat(1_100_000)}"}`))).status, 413)
})

test('only JSON is read: a form of a foreign page is 415 (A17)', async () => {
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'nonsense',
  ]) {
    const { status, code } = await problem(selling('{"grams":1}', { 'content-type': type }))
    assert.deepEqual([status, code], [415, 'unsupported-media-type'], type)
  }
})

test('queries are read as text and unknown parameters are refused (rule 7, A20)', async () => {
  const get = async (query: string) => (await http.inject(`/api/v1/teas?${query}`)).statusCode
  assert.equal(await get('page=2&page_size=5&tag=a&tag=b'), 200)
  assert.equal(await get('tag=a'), 200)
  for (const query of [
    'pagesize=5',
    'page=0',
    'page=x',
    'page=',
    'page=1&page=2',
    'page_size=101',
    'a[__proto__][x]=1',
    '__proto__=1',
    'constructor=1',
  ]) {
    assert.equal(await get(query), 400, query)
  }
  const { errors } = await problem({ url: '/api/v1/teas?pages=5', headers: { 'accept-language': 'ru' } })
  assert.deepEqual(errors, [{ pointer: '/query/pages', detail: 'здесь такого нет' }])
  assert.equal(await get(Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&')), 400)
})

test('an address that is nowhere is 404, a method that is not taken 405 with Allow', async () => {
  assert.equal((await problem({ url: '/api/v1/coffees' })).code, 'no-such-route')
  assert.equal((await problem({ url: '/api/v1/teas/404' })).code, 'not-found')
  const response = await http.inject({ method: 'DELETE', url: '/api/v1/teas' })
  assert.deepEqual([response.statusCode, response.headers.allow], [405, 'GET, HEAD, POST'])
  assert.equal((await http.inject({ method: 'PUT', url: '/api/v1/teas/7' })).headers.allow, 'GET, HEAD')
})

test('addresses that cannot be read are 400, endless ones 414', async () => {
  assert.equal((await problem({ url: '/api/v1/teas/%ZZ' })).status, 400)
  assert.equal((await problem({ url: '/api/v1/teas?q=%00' })).code, 'malformed-url')
  assert.equal((await problem({ url: `/api/v1/teas/${'7'.repeat(600)}` })).status, 414)
  assert.equal((await problem({ url: `/api/v1/teas?q=${'7'.repeat(9000)}` })).status, 414)
})

test('a broken insides is 500 without a word about it, and a database that is away 503 (rule 6)', async () => {
  const broken = await http.inject('/api/v1/teas/500')
  assert.equal(broken.json<Problem>().code, 'internal-error')
  assert.doesNotMatch(broken.body, /secret|postgres|\.ts/)
  const sold = await http.inject(selling({ grams: 500 }))
  assert.equal(sold.statusCode, 500)
  assert.doesNotMatch(JSON.stringify({ ...sold.json<Problem>(), request_id: '' }), /scales|42/)
  for (const away of [503, 504]) {
    const response = await http.inject(`/api/v1/teas/${away}`)
    assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '1'])
  }
})

test('flower shop addresses without a version are the same routes', async () => {
  const stall = {
    ...teaShop(database.db),
    unversionedPaths: ['/orders'] as const,
    routes: [
      (api: Parameters<NonNullable<ReturnType<typeof teaShop>['routes']>[number]>[0]) => {
        api.get('/orders/:id', { config: { access: 'anyone' } }, (request) => ({ url: request.url }))
      },
    ],
  }
  const other = await testServer([stall], { db: database.db })
  assert.equal((await other.inject('/api/orders/7')).statusCode, 200)
  assert.equal((await other.inject('/api/v1/orders/7')).statusCode, 200)
  assert.equal((await other.inject('/api/ordersx/7')).statusCode, 404)
  await other.close()
})
