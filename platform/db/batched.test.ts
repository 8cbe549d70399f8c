import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { crowd, testDatabase, type TestDatabase } from '#platform/testing'
import { batched, concurrently, transaction, type AnyTx } from './index.ts'

let database: TestDatabase
const batches: (readonly number[])[] = []
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tea (key int primary key, bags int not null check (bags >= 0))`.execute(database.db)
  await sql`insert into tea select key, 10 from generate_series(1, 50) key`.execute(database.db)
})
after(() => database.close())

const lockTea = batched<number, number | undefined>(async (tx, keys) => {
  batches.push(keys)
  const { rows } = await sql<{ key: number; bags: number }>`
    select key, bags from tea where key = any(${keys}::int[]) order by key desc for update`.execute(tx)
  const byKey = new Map(rows.map(({ key, bags }) => [key, bags]))
  return keys.map((key) => byKey.get(key))
})
const updateTea = batched<readonly [key: number, bags: number], void>(async (tx, items) => {
  await sql`
    update tea set bags = item.bags
    from unnest(${items.map(([key]) => key)}::int[], ${items.map(([, bags]) => bags)}::int[]) as item(key, bags)
    where tea.key = item.key`.execute(tx)
})

const sell = (key: number, bags: number) => async (tx: AnyTx) => {
  const stock = await lockTea(tx, key)
  await updateTea(tx, [key, (stock ?? 0) - bags])
}
const bagsOf = async (key: number) =>
  (await sql<{ bags: number }>`select bags from tea where key = ${key}`.execute(database.db)).rows[0]?.bags

test('concurrent requests share one statement, and each gets its own answer (PERF-2)', async () => {
  batches.length = 0
  await transaction(database.db, (tx) => concurrently(tx, [sell(3, 1), sell(1, 2), sell(2, 3)]))
  assert.deepEqual(batches, [[3, 1, 2]])
  assert.deepEqual([await bagsOf(1), await bagsOf(2), await bagsOf(3)], [8, 7, 9])
})

test('a request for a missing row gets nothing, and its neighbours get their own rows', async () => {
  const found = await transaction(database.db, (tx) => Promise.all([lockTea(tx, 4), lockTea(tx, 999), lockTea(tx, 5)]))
  assert.deepEqual(found, [10, undefined, 10])
})

test('two transactions never share a statement (PLT-7)', async () => {
  batches.length = 0
  await Promise.all([6, 7].map((key) => transaction(database.db, sell(key, 1))))
  assert.deepEqual(new Set(batches.map((keys) => keys.join())), new Set(['6', '7']))
})

test('one failing item fails the whole batch, and nothing is written (PLT-7)', async () => {
  const outcome = transaction(database.db, (tx) => concurrently(tx, [sell(8, 1), sell(9, 11), sell(10, 1)]))
  await assert.rejects(outcome, /tea_bags_check/)
  assert.deepEqual([await bagsOf(8), await bagsOf(9), await bagsOf(10)], [10, 10, 10])
})

test('a batch with too few answers rejects every caller instead of mixing up their answers', async () => {
  const incomplete = batched<number, string>(async (_tx, keys) => keys.slice(1).map(String))
  const outcomes = await transaction(database.db, (tx) => crowd(3, (i) => incomplete(tx, i)))
  const messages = outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as Error).message)
  assert.deepEqual(
    new Set(messages),
    new Set(['The batch has 3 items and got 2 answers: return one answer for each item']),
  )
})

test('a statement in a transaction is planned once, for arrays of any length (PERF-1)', async () => {
  await transaction(database.db, async (tx) => {
    const { rows } = await sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`.execute(tx)
    assert.deepEqual(rows, [{ mode: 'force_generic_plan' }])
  })
  const { rows } = await sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`.execute(database.db)
  assert.deepEqual(rows, [{ mode: 'auto' }])
})
