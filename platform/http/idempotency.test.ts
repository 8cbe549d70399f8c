import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { sql } from 'kysely'
import {
  adminMachine,
  anna,
  bearer,
  boris,
  crowd,
  testDatabase,
  testServer,
  type TestDatabase,
} from '#platform/testing'
import { httpJobs } from './index.ts'
import { createTeaShop, soldOf, teaShop } from './tea-shop.ts'

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

let number = 0
const newKey = () => `a-key-of-the-test-${number++}`

type Input = { key?: string; authorization?: string; grams?: number; url?: string; headers?: Record<string, string> }
const sell = ({ key, authorization = bearer(anna), grams = 100, url = '/api/v1/teas', headers = {} }: Input) =>
  http.inject({
    method: 'POST',
    url,
    headers: {
      ...(url.endsWith('/teas') && { authorization }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...headers,
    },
    payload: { grams },
  })
const rowsOf = async (key: string) =>
  (await sql<{ state: string }>`select state from platform.idempotency where key = ${key}`.execute(database.db)).rows

test('a request sent again gets the same bytes and sells nothing twice (rule 8)', async () => {
  const before = await soldOf(database.db)
  const key = newKey()
  const first = await sell({ key })
  const again = await sell({ key })
  assert.equal(first.statusCode, 201)
  assert.equal(first.headers['idempotent-replay'], undefined)
  assert.deepEqual([again.statusCode, again.body, again.headers['idempotent-replay']], [201, first.body, 'true'])
  assert.equal(again.headers['content-type'], first.headers['content-type'])
  assert.equal(await soldOf(database.db), before + 1)
  await sell({})
  await sell({})
  assert.equal(await soldOf(database.db), before + 3, 'without a key each request counts')
})

test('a hundred at once with one key sell once; the others wait their turn or get the answer (A8)', async () => {
  const before = await soldOf(database.db)
  const key = newKey()
  const ended = await crowd(100, () => sell({ key }))
  const responses = ended.map((one) => (one.status === 'fulfilled' ? one.value : assert.fail(String(one.reason))))
  assert.equal(await soldOf(database.db), before + 1)
  const created = responses.filter(({ statusCode }) => statusCode === 201)
  const waiting = responses.filter(({ statusCode }) => statusCode === 409)
  assert.equal(created.length + waiting.length, 100)
  assert.equal(new Set(created.map(({ body }) => body)).size, 1)
  assert.equal(created.filter(({ headers }) => headers['idempotent-replay'] === undefined).length, 1)
  for (const { headers, json } of waiting) {
    assert.deepEqual([json().code, headers['retry-after']], ['idempotency-in-progress', '1'])
  }
})

test('the same key is another one for another person, route or guest (A8)', async () => {
  const key = newKey()
  const guest = '/api/v1/guest-teas'
  const answers = [
    await sell({ key }),
    await sell({ key, authorization: bearer(boris) }),
    await sell({ key, url: guest }),
    await sell({ key, url: guest, headers: { 'x-basket': 'one' } }),
    await sell({ key, url: guest, headers: { 'x-basket': 'two' } }),
  ]
  assert.equal(new Set(answers.map(({ body }) => body)).size, 5)
  for (const { statusCode } of answers) assert.equal(statusCode, 201)
  const again = await sell({ key, url: guest, headers: { 'x-basket': 'two' } })
  assert.equal(again.body, answers[4]?.body)
  assert.equal((await sell({ key, authorization: bearer(adminMachine) })).statusCode, 403)
})

test('the same key with another body is 422, in another order of its fields it is the same (rule 8)', async () => {
  const key = newKey()
  const post = (payload: string) =>
    http.inject({
      method: 'POST',
      url: '/api/v1/teas',
      headers: { authorization: bearer(anna), 'idempotency-key': key, 'content-type': 'application/json' },
      payload,
    })
  await post('{"grams":5,"note":"x"}')
  assert.equal((await post('{ "note": "x", "grams": 5 }')).headers['idempotent-replay'], 'true')
  const other = await post('{"grams":6,"note":"x"}')
  assert.deepEqual([other.statusCode, other.json<{ code: string }>().code], [422, 'idempotency-mismatch'])
})

test('a refusal and a breakdown are not remembered: the key is free again', async () => {
  const key = newKey()
  assert.equal((await sell({ key, grams: 404 })).statusCode, 409)
  assert.deepEqual(await rowsOf(key), [])
  const before = await soldOf(database.db)
  assert.equal((await sell({ key, grams: 500 })).statusCode, 500)
  assert.deepEqual([await rowsOf(key), await soldOf(database.db)], [[], before])
  assert.equal((await sell({ key, grams: 0 })).statusCode, 400)
  assert.equal((await sell({ key, grams: 10 })).statusCode, 201)
})

test('a key is 16 to 255 printable characters, and no matter on GET (A8)', async () => {
  for (const key of [
    '',
    'a',
    'x'.repeat(15),
    'x'.repeat(256),
    'ключ-ключ-ключ-ключ',
    'a key with some blanks',
    'x'.repeat(10_000),
  ]) {
    const { statusCode, body } = await sell({ key })
    assert.equal(statusCode, 400, key.slice(0, 20))
    assert.match(body, /bad-idempotency-key/)
  }
  const url = '/api/v1/teas'
  assert.equal((await http.inject({ url, headers: { 'idempotency-key': 'x' } })).statusCode, 200)
})

test('an attempt whose process died is taken over after a minute, and cannot come back (A8)', async () => {
  const key = newKey()
  await sell({ key })
  const asIf = (state: string, age: string) =>
    sql`update platform.idempotency set created_at = now() - ${age}::interval, state = ${state},
        status = case when ${state} = 'done' then 201 end, answer = case when ${state} = 'done' then '{}' end
        where key = ${key}`.execute(database.db)
  await asIf('started', '59 seconds')
  assert.equal((await sell({ key })).statusCode, 409)
  await asIf('started', '61 seconds')
  const taken = await sell({ key })
  assert.deepEqual([taken.statusCode, taken.headers['idempotent-replay']], [201, undefined])
  await asIf('done', '25 hours')
  assert.equal((await sell({ key })).headers['idempotent-replay'], undefined, 'after a day the key is new')
})

test('an attempt that was taken over while it ran rolls back (A8)', async () => {
  const key = newKey()
  const before = await soldOf(database.db)
  const slow = sell({ key })
  await new Promise((resolve) => setTimeout(resolve, 20))
  await sql`update platform.idempotency set run = gen_random_uuid() where key = ${key}`.execute(database.db)
  const { statusCode } = await slow
  assert.deepEqual([statusCode, await soldOf(database.db)], [409, before])
})

test('answers older than a day are forgotten', async () => {
  const [old, young] = [newKey(), newKey()]
  await sell({ key: old })
  await sell({ key: young })
  await sql`update platform.idempotency set created_at = now() - interval '25 hours' where key = ${old}`.execute(
    database.db,
  )
  const [job] = httpJobs({ db: database.db })
  await job?.work({}, new AbortController().signal)
  assert.deepEqual([(await rowsOf(old)).length, (await rowsOf(young)).length], [0, 1])
})

test('a success that found its work done before binds its key as well (rule 8)', async () => {
  const key = newKey()
  const before = await soldOf(database.db)
  const first = await sell({ key, grams: 777 })
  const again = await sell({ key, grams: 777 })
  assert.deepEqual([first.statusCode, again.statusCode, again.body], [201, 201, first.body])
  assert.deepEqual([first.headers['idempotent-replay'], again.headers['idempotent-replay']], [undefined, 'true'])
  const other = await sell({ key, grams: 100 })
  assert.deepEqual([other.statusCode, other.json<{ code: string }>().code], [422, 'idempotency-mismatch'])
  assert.equal(await soldOf(database.db), before)
})
