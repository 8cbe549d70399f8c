import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import {
  adminMachine,
  anna,
  boris,
  crowd,
  expectProblem,
  expectResponse,
  guest,
  openTestApi,
  responseOf,
  testDatabase,
  bearer,
  type TestApi,
  type TestDatabase,
  runJob,
} from '#platform/testing'
import { httpJobs } from '../index.ts'
import { countSales, createTeaShop, openGate, teaShop } from '../testing.ts'
import { newId } from '#platform/values'

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

let number = 0
const newKey = () => `a-key-of-the-test-${number++}`
const countAll = () => countSales(database.db)

type Sale = { key?: string; caller?: Parameters<TestApi['send']>[0]; grams?: number; basket?: string; by?: TestApi }
const sell = ({ key, caller = anna, grams = 100, basket, by = api }: Sale) =>
  by.send(caller, caller.kind === 'guest' ? 'POST /guest-teas' : 'POST /teas', {
    body: { grams },
    headers: {
      ...(key !== undefined && { 'idempotency-key': key }),
      ...(basket !== undefined && { 'x-basket': basket }),
    },
  })
const rowsOf = async (key: string) =>
  (await sql<{ state: string }>`select state from platform.idempotency where key = ${key}`.execute(database.db)).rows

const operationOf = ({ headers }: Awaited<ReturnType<TestApi['send']>>) => headers['x-operation-id']

test('a request that is sent again gets the same bytes and sells nothing twice (rule 8)', async () => {
  const before = await countAll()
  const key = newKey()
  const first = await sell({ key })
  const again = await sell({ key })
  expectResponse(first, 201)
  expectResponse(again, 201)
  assert.equal(first.headers['idempotent-replay'], undefined)
  assert.deepEqual([again.text, again.headers['idempotent-replay']], [first.text, 'true'])
  assert.equal(again.headers['content-type'], first.headers['content-type'])
  assert.equal(await countAll(), before + 1)
  await sell({})
  await sell({})
  assert.equal(await countAll(), before + 3, 'without a key each request counts')
})

test('a hundred requests at once with one key sell once; the others wait or get the response (A8)', async () => {
  const before = await countAll()
  const key = newKey()
  const ended = await crowd(100, () => sell({ key }))
  const responses = ended.map((one) => (one.status === 'fulfilled' ? one.value : assert.fail(String(one.reason))))
  assert.equal(await countAll(), before + 1)
  const created = responses.filter(({ status }) => status === 201)
  assert.equal(new Set(created.map(({ text }) => text)).size, 1)
  assert.equal(created.filter(({ headers }) => headers['idempotent-replay'] === undefined).length, 1)
  for (const waiting of responses.filter(({ status }) => status !== 201)) {
    expectProblem(waiting, 409, 'idempotency-in-progress')
    assert.equal(waiting.headers['retry-after'], '1')
  }
})

test('the same key is another one for another user, route or guest (A8)', async () => {
  const key = newId()
  const responses = [
    await sell({ key }),
    await sell({ key, caller: boris }),
    await sell({ key, caller: guest }),
    await sell({ key, caller: guest, basket: 'one' }),
    await sell({ key, caller: guest, basket: 'two' }),
  ]
  for (const response of responses) expectResponse(response, 201)
  assert.equal(new Set(responses.map(({ text }) => text)).size, 5)
  const again = await sell({ key, caller: guest, basket: 'two' })
  assert.equal(again.text, responses[4]?.text)
  expectProblem(await sell({ key, caller: adminMachine }), 403, 'forbidden')
})

test('the same key with another body is 422; the order of fields does not matter (rule 8)', async () => {
  const key = newKey()
  const post = async (payload: string) => {
    const headers = { authorization: bearer(anna), 'idempotency-key': key, 'content-type': 'application/json' }
    return responseOf('POST /teas', await api.http.inject({ method: 'POST', url: '/api/v1/teas', headers, payload }))
  }
  await post('{"grams":5,"note":"x"}')
  assert.equal((await post('{ "note": "x", "grams": 5 }')).headers['idempotent-replay'], 'true')
  expectProblem(await post('{"grams":6,"note":"x"}'), 422, 'idempotency-mismatch')
})

test('a refusal and an error store no response: the key is free again (rule 8)', async () => {
  const key = newKey()
  expectProblem(await sell({ key, grams: 404 }), 409, 'sold-out')
  assert.deepEqual(await rowsOf(key), [])
  const before = await countAll()
  expectProblem(await sell({ key, grams: 500 }), 500, 'internal-error')
  assert.deepEqual([await rowsOf(key), await countAll()], [[{ state: 'failed' }], before])
  expectProblem(await sell({ key, grams: 0 }), 400, 'validation-failed')
  expectResponse(await sell({ key, grams: 10 }), 201)
})

test('a key has 16 to 255 printable characters, and GET ignores it (A8)', async () => {
  const wrong = ['', 'a', 'x'.repeat(15), 'x'.repeat(256), 'ключ-ключ-ключ-ключ', 'a key with some blanks']
  for (const key of [...wrong, 'x'.repeat(10_000)]) expectProblem(await sell({ key }), 400, 'bad-idempotency-key')
  expectResponse(await api.send(guest, 'GET /teas', { headers: { 'idempotency-key': 'x' } }), 200)
})

test('a guest without a token sends a UUID as key, which another guest cannot guess (F-42, A8)', async () => {
  const caller = guest
  expectProblem(await sell({ caller, key: 'add-to-cart-00001' }), 400, 'guessable-idempotency-key')
  const key = newId()
  expectResponse(await sell({ caller, key }), 201)
  assert.equal((await sell({ caller, key })).headers['idempotent-replay'], 'true')
  expectResponse(await sell({ caller, key: newKey(), basket: 'a-token-of-this-guest' }), 201)
})

test('a guest who repeats a request from another address gets the response of the first (A8)', async () => {
  const key = newId()
  const from = async (remoteAddress: string, grams: number) => {
    const headers = { 'idempotency-key': key, 'content-type': 'application/json' }
    const payload = JSON.stringify({ grams })
    const url = '/api/v1/guest-teas'
    return responseOf(
      'POST /guest-teas',
      await api.http.inject({ method: 'POST', url, headers, payload, remoteAddress }),
    )
  }
  const first = await from('203.0.113.7', 7)
  const again = await from('198.51.100.9', 7)
  assert.deepEqual([again.text, again.headers['idempotent-replay']], [first.text, 'true'])
  expectProblem(await from('198.51.100.9', 8), 422, 'idempotency-mismatch')
})

test('the key of an attempt whose process died is taken over after a minute (A8)', async () => {
  const key = newKey()
  await sell({ key })
  const asIf = (state: string, age: string) =>
    sql`update platform.idempotency set created_at = now() - ${age}::interval, state = ${state},
        status = case when ${state} = 'done' then 201 end, response = case when ${state} = 'done' then '{}' end
        where key = ${key}`.execute(database.db)
  await asIf('started', '59 seconds')
  expectProblem(await sell({ key }), 409, 'idempotency-in-progress')
  await asIf('started', '61 seconds')
  const taken = await sell({ key })
  expectResponse(taken, 201)
  assert.equal(taken.headers['idempotent-replay'], undefined)
  await asIf('done', '25 hours')
  assert.equal((await sell({ key })).headers['idempotent-replay'], undefined, 'after a day the key is new')
})

test('a retry after a crash or an error creates what the first attempt began to create (F-7, rule 8)', async () => {
  const crashed = newKey()
  const first = await sell({ key: crashed })
  const rewind = (state: string, age: string) =>
    sql`update platform.idempotency set created_at = now() - ${age}::interval, state = ${state}, status = null, response = null
        where key = ${crashed}`.execute(database.db)
  await rewind('started', '61 seconds')
  assert.equal(operationOf(await sell({ key: crashed })), operationOf(first))
  await rewind('started', '61 seconds')
  const another = operationOf(await sell({ key: crashed, grams: 7 }))
  assert.notEqual(another, operationOf(first), 'another request creates something else')
  await rewind('started', '25 hours')
  assert.notEqual(operationOf(await sell({ key: crashed, grams: 7 })), another, 'after a day the key is new')

  const failed = newKey()
  const error = await sell({ key: failed, grams: 500 })
  expectProblem(error, 500, 'internal-error')
  assert.equal(operationOf(await sell({ key: failed, grams: 500 })), operationOf(error))
  const refused = await sell({ key: failed, grams: 404 })
  assert.notEqual(
    operationOf(await sell({ key: failed, grams: 404 })),
    operationOf(refused),
    'a refusal changed nothing',
  )
  assert.notEqual(operationOf(await sell({})), operationOf(await sell({})), 'without a key each request creates')
})

test('an attempt whose key was taken over while it ran rolls back (A8)', async () => {
  const gate = openGate()
  const held = await openTestApi([teaShop(database.db, { beforeCommit: gate.pass })])
  const key = newKey()
  const before = await countAll()
  const slow = sell({ key, by: held })
  await gate.reached
  await sql`update platform.idempotency set attempt_id = gen_random_uuid() where key = ${key}`.execute(database.db)
  gate.open()
  expectProblem(await slow, 409, 'idempotency-in-progress')
  assert.equal(await countAll(), before)
  await held.close()
})

test('responses older than a day are deleted (rule 8)', async () => {
  const [old, young] = [newKey(), newKey()]
  await sell({ key: old })
  await sell({ key: young })
  await sql`update platform.idempotency set created_at = now() - interval '25 hours' where key = ${old}`.execute(
    database.db,
  )
  await runJob({ jobs: httpJobs({ db: database.db }) }, 'http.delete-idempotency-keys')
  assert.deepEqual([(await rowsOf(old)).length, (await rowsOf(young)).length], [0, 1])
})

test('a success whose effect was there before stores its response as well (rule 8)', async () => {
  const key = newKey()
  const before = await countAll()
  const first = await sell({ key, grams: 777 })
  const again = await sell({ key, grams: 777 })
  expectResponse(first, 201)
  expectResponse(again, 201)
  assert.equal(again.text, first.text)
  assert.deepEqual([first.headers['idempotent-replay'], again.headers['idempotent-replay']], [undefined, 'true'])
  expectProblem(await sell({ key, grams: 100 }), 422, 'idempotency-mismatch')
  assert.equal(await countAll(), before)
})
