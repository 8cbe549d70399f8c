import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Type, type TSchema } from 'typebox'
import type { Access } from '#platform/access'
import { testDatabase, testServer, type TestDatabase } from '#platform/testing'
import { NoBody } from '#platform/schema'
import type { Routes } from '../index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

const start = async (route: Routes) => {
  const server = await testServer([{ name: 'tea', api: {}, routes: [route] }], {
    db: database.db,
    settings: { limits: { kind: 'on', rates: { default: { count: 1, seconds: 1, burst: 1 } } } },
  })
  await server.close()
}
const repeat = 'Answers the same.'
const accepting = (body: TSchema): Promise<void> =>
  start((http) => http.post('/teas', { schema: { body }, config: { access: 'anyone', repeat } }, () => ({})))

test('a route that does not say who may use it does not start', async () => {
  await assert.rejects(
    start((http) => http.get('/teas', () => ({}))),
    /GET \/api\/v1\/teas does not say who may use it/,
  )
})

test('a route under a limit without a rate does not start (PLT-10)', async () => {
  await assert.rejects(
    start((http) => http.get('/teas', { config: { access: 'anyone', limit: 'tasting' } }, () => ({}))),
    /the limit "tasting" has no rate/,
  )
})

test('a POST, PUT or PATCH that does not declare its body does not start; NoBody declares none (F-19, rule 7)', async () => {
  const config = { access: 'anyone', repeat } as const
  const without = [
    start((http) => http.post('/teas', { config }, () => ({}))),
    start((http) => http.put('/teas', { config }, () => ({}))),
    start((http) => http.patch('/teas', { schema: {}, config }, () => ({}))),
  ]
  for (const starting of without)
    await assert.rejects(starting, /\/api\/v1\/teas: declares no body: set schema\.body, to NoBody/)
  await start((http) => http.post('/teas', { schema: { body: NoBody }, config }, () => ({})))
})

test('a POST that neither takes an Idempotency-Key nor says what a repeat does does not start (F-20, rule 8)', async () => {
  const post = (config: object) =>
    start((http) =>
      http.post('/teas', { schema: { body: NoBody }, config: { access: 'anyone', ...config } }, () => ({})),
    )
  await assert.rejects(post({}), /POST \/api\/v1\/teas: does not say what a repeat does: set config\.idempotent/)
  await post({ idempotent: true })
  await post({ repeat })
})

test('a body or query with an unbounded place does not start (rule 7)', async () => {
  const text = Type.String({ maxLength: 5 })
  const closed = { additionalProperties: false }
  const open: [TSchema, RegExp][] = [
    [Type.Object({ a: text }), /body lets unknown fields through/],
    [Type.Object({ a: Type.String() }, closed), /body\.a is a string without maxLength/],
    [Type.Object({ a: Type.String({ format: 'uid', maxLength: 9 }) }, closed), /body\.a has an unknown format "uid"/],
    [Type.Object({ a: Type.Integer({ minimum: 1 }) }, closed), /body\.a is a number without maximum/],
    [Type.Object({ a: Type.Array(text) }, closed), /body\.a is a list without maxItems/],
    [Type.Object({ a: Type.Array(Type.Object({ b: text }), { maxItems: 2 }) }, closed), /body\.a\[\] lets unknown/],
    [Type.Object({ a: Type.Record(Type.String(), text) }, closed), /body\.a is a map without maxProperties/],
    [Type.Object({ a: Type.Unknown() }, closed), /body\.a may be anything/],
    [Type.Object({ a: Type.Union([text, Type.Number()]) }, closed), /body\.a is a number without/],
  ]
  for (const [schema, reason] of open) await assert.rejects(accepting(schema), reason)
  await assert.rejects(
    start((http) =>
      http.get(
        '/teas',
        { schema: { querystring: Type.Object({ q: Type.String() }) }, config: { access: 'anyone' } },
        () => ({}),
      ),
    ),
    /query\.q is a string without maxLength/,
  )
  await accepting(
    Type.Object(
      {
        id: Type.String({ format: 'uuid' }),
        kind: Type.Union([Type.Literal('a'), Type.Null()]),
        texts: Type.Record(Type.String({ maxLength: 5 }), text, { maxProperties: 5 }),
      },
      closed,
    ),
  )
})

test('a route that lets clients without a permission send more than 64 KiB does not start (A21)', async () => {
  const body = Type.Object({ text: Type.String({ maxLength: 5 }) }, { additionalProperties: false })
  const limited = (access: Access, bodyLimit: number) =>
    start((http) => http.post('/teas', { schema: { body }, config: { access, bodyLimit, repeat } }, () => ({})))
  for (const access of ['anyone', 'user'] as const) {
    await limited(access, 65_536)
    await assert.rejects(
      limited(access, 65_537),
      /config\.bodyLimit is 65537: without a permission, the greatest is 65536/,
    )
  }
  for (const access of ['machine', { permission: 'tea.count' }] as const) {
    await limited(access, 1_048_576)
    await assert.rejects(limited(access, 1_048_577), /config\.bodyLimit is 1048577, and the greatest is 1048576/)
  }
})

test('a pattern that clients in other languages cannot read does not start (F-51)', async () => {
  for (const pattern of ['^\\p{L}+$', '^(?<year>\\d{4})$', '^(?<!x)a$']) {
    const body = Type.Object({ a: Type.String({ maxLength: 5, pattern }) }, { additionalProperties: false })
    await assert.rejects(accepting(body), /body\.a has a pattern that Python or Java cannot read/)
  }
})

test('the body of a foreign system may be unbounded when the route says so', async () => {
  await start((http) =>
    http.post(
      '/hooks',
      { schema: { body: Type.Object({}) }, config: { access: 'anyone', tolerant: true, repeat } },
      () => ({}),
    ),
  )
})
