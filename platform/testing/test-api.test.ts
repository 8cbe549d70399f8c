import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type } from 'typebox'
import type { Module } from '#platform/module'
import { notFound } from '#platform/outcome'
import { refuse } from '#platform/http'
import { Closed, Id } from '#platform/schema'
import { anna, expectProblem, expectResponse, guest, openTestApi, testDatabase } from './index.ts'
import type { TestApi, TestDatabase, TestResponse } from './index.ts'

const Brew = Type.Object({ tea: Type.String(), grams: Type.Integer() })
const garden: Module = {
  name: 'garden',
  api: {},
  routes: [
    (http) => {
      const schema = {
        tags: ['garden'],
        summary: 'Brew tea',
        body: Closed({ grams: Type.Integer({ minimum: 1, maximum: 1000 }) }),
        response: { 200: Brew },
      }
      http.post('/brews', { schema, config: { access: 'user', repeat: 'Brews again.' } }, async ({ body }) => ({
        tea: 'oolong',
        ...body,
      }))
      const params = Type.Object({ id: Id })
      const show = { tags: ['garden'], summary: 'Show a tea', params, response: { 200: Brew } }
      http.get('/teas/:id', { schema: show, config: { access: 'anyone' } }, (_request, reply) =>
        refuse(reply, notFound('tea')),
      )
    },
  ],
}

let database: TestDatabase
let api: TestApi
before(async () => {
  database = await testDatabase({ parts: [] })
  api = await openTestApi([garden])
})
after(async () => {
  await api.close()
  await database.close()
})

const messageOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    assert.ok(error instanceof assert.AssertionError)
    assert.match(error.stack ?? '', /^ +at messageOf|^ +at .*test-api\.test\.ts/m)
    assert.doesNotMatch(error.stack ?? '', /test-api\.ts:/, 'the stack begins in the test')
    return error.message
  }
  return assert.fail('the assertion passed')
}

const response = (status: number, body: object): TestResponse => ({
  request: 'POST /brews',
  sent: { grams: 5 },
  status,
  headers: {},
  text: JSON.stringify(body),
  body,
})

test('a test sends a request as a person and gets a typed body', async () => {
  const brew = expectResponse(await api.send(anna, 'POST /brews', { body: { grams: 5 } }), 200, Brew)
  const grams: number = brew.grams
  assert.deepEqual([brew.tea, grams], ['oolong', 5])
})

test('a test expects a problem by its status and code', async () => {
  expectProblem(await api.send(guest, 'POST /brews', { body: { grams: 5 } }), 401, 'unauthorized')
  const missing = await api.send(anna, 'GET /teas/0199f1c8-3b1a-7c3e-8f3a-1b2c3d4e5f60')
  assert.equal(expectProblem(missing, 404, 'not-found').status, 404)
})

test('an unexpected status fails with the request, the sent body and the received body', () => {
  const failed = response(409, { code: 'sold-out' })
  assert.equal(
    messageOf(() => expectResponse(failed, 200, Brew)),
    'POST /brews was answered 409\nexpected 200\nsent {"grams":5}\nreceived {\n  "code": "sold-out"\n}',
  )
})

test('a body that does not fit its schema fails with the path of each error', () => {
  const message = messageOf(() => expectResponse(response(200, { grams: 'five' }), 200, Brew))
  assert.match(message, /^POST \/brews was answered 200\nthe body does not fit: \/ must have required propert/)
  assert.match(message, /\nthe body does not fit: \/grams must be integer\n/)
})

test('another problem than the expected one fails with both codes', () => {
  const message = messageOf(() => expectProblem(response(409, { code: 'sold-out' }), 409, 'too-late'))
  assert.match(message, /\nexpected 409 too-late\n.*\nreceived \{\n {2}"code": "sold-out"/)
})

test('a response without JSON fails with its text', () => {
  const page = { request: 'GET /', status: 200, headers: {}, text: '<h1>Tea</h1>', body: undefined }
  assert.equal(
    messageOf(() => expectResponse(page, 404)),
    'GET / was answered 200\nexpected 404\nreceived <h1>Tea</h1>',
  )
  const empty = { ...page, text: '' }
  assert.match(
    messageOf(() => expectProblem(empty, 404, 'not-found')),
    /received an empty body$/,
  )
})
