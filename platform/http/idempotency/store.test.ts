import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { transaction } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { newId } from '#platform/values'
import type { Attempt } from './attempt.ts'
import { settleKey } from './idempotency-hooks.ts'
import { deleteKey, failKey, insertKey, saveResponse } from './store.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())

const day = 86_400

/** Starts an attempt under a key, as a request does. */
async function start(key: string): Promise<Attempt> {
  const attempt = {
    caller: 'anna',
    route: 'POST /teas',
    key: `a-key-that-is-${key}`,
    request_hash: Buffer.alloc(32),
    attempt_id: newId(),
  }
  const started = await insertKey(database.db, attempt, day)
  return { ...attempt, ...(started ?? assert.fail('another attempt has the key')) }
}

test('a retry knows that it is one, and has the operation id of the first attempt (F-7, rule 8)', async () => {
  const first = await start('retried')
  assert.equal(first.isRetry, false)
  await failKey(database.db, first)
  const second = await start('retried')
  assert.deepEqual([second.isRetry, second.operation_id], [true, first.operation_id])
  await deleteKey(database.db, second)
  assert.equal((await start('retried')).isRetry, false)
})

test('the refusal of a retry only frees the key: the next attempt has the operation id of the first (F-7, rule 8)', async () => {
  const refuse = async (attempt: Attempt) => {
    const settle = settleKey(database.db) as (request: object, reply: object, payload: string) => Promise<unknown>
    await settle({ attempt }, { statusCode: 409 }, '{}')
  }
  const first = await start('refused')
  await failKey(database.db, first)
  await refuse(await start('refused'))
  assert.equal((await start('refused')).operation_id, first.operation_id)

  const other = await start('other')
  await refuse(other)
  assert.notEqual(
    (await start('other')).operation_id,
    other.operation_id,
    'the refusal of a first attempt changed nothing',
  )
})

test('an attempt that is rolled back has no response, because another attempt may have the effect (rule 8)', async () => {
  const attempt = await start('rolled-back')
  const response = { status: 201, body: '{"number":"2026-AAAAAA"}' }
  await transaction(database.db, async (tx) => {
    await saveResponse(tx, attempt, response)
    return { kind: 'refused', reason: 'a neighbour was refused' } as const
  })
  assert.equal(attempt.response, undefined)
  await transaction(database.db, (tx) => saveResponse(tx, attempt, response))
  assert.equal(attempt.response, response)
})
