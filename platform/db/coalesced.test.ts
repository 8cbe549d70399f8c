import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { coalesced } from './index.ts'

let database: TestDatabase
const reads: (readonly number[])[] = []
before(async () => {
  database = await testDatabase({ parts: [] })
})
after(() => database.close())
beforeEach(() => {
  reads.length = 0
})

const half = coalesced<number, number>(async (db, numbers) => {
  reads.push(numbers)
  const { rows } = await sql<{ half: number }>`
    select 100 / n as half from unnest(${numbers}::int[]) with ordinality as asked(n, place) order by place`.execute(db)
  return rows.map(({ half }) => half)
})

test('concurrent requests share one read, and each gets its own answer (PERF-2)', async () => {
  assert.deepEqual(await Promise.all([half(database.db, 2), half(database.db, 5)]), [50, 20])
  assert.deepEqual(reads, [[2, 5]])
})

test('requests that arrive while two reads run share the third (PERF-2)', async () => {
  const first = half(database.db, 1)
  await new Promise(setImmediate)
  const second = half(database.db, 2)
  await new Promise(setImmediate)
  const others = [half(database.db, 4), half(database.db, 5)]
  assert.deepEqual(await Promise.all([first, second, ...others]), [100, 50, 25, 20])
  assert.deepEqual(reads, [[1], [2], [4, 5]])
})

test('a request that fails gets its own error, and the others their answers (PERF-2)', async () => {
  const outcomes = await Promise.allSettled([half(database.db, 2), half(database.db, 0), half(database.db, 4)])
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed')),
    [50, 'failed', 25],
  )
})

test('a read that gives too few answers fails (PERF-2)', async () => {
  const none = coalesced<number, number>(() => Promise.resolve([]))
  await assert.rejects(none(database.db, 1), /The batch has 1 items and got 0 answers/)
})

test('a statement without an answer runs once, because it may have been done (REL-1)', async () => {
  let runs = 0
  const cut = coalesced<number, number>(async (db, numbers) => {
    runs++
    await sql`select pg_terminate_backend(pg_backend_pid())`.execute(db)
    return numbers
  })
  const outcomes = await Promise.allSettled([cut(database.db, 1), cut(database.db, 2)])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(runs, 1)
})

test('items with a common key are in two statements (PERF-2)', async () => {
  const seen: (readonly number[])[] = []
  const write = coalesced<number, number>(
    async (_db, numbers) => {
      seen.push(numbers)
      return numbers
    },
    { keysOf: (n) => [String(n % 10)] },
  )
  await Promise.all([write(database.db, 1), write(database.db, 2), write(database.db, 11)])
  assert.deepEqual(seen, [[1, 2], [11]])
})
