import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { batched, concurrently, transaction, type AnyTx } from './index.ts'

let database: TestDatabase
const lists: (readonly number[])[] = []
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table shelf (key int primary key, pieces int not null check (pieces >= 0))`.execute(database.db)
  await sql`insert into shelf select key, 10 from generate_series(1, 50) key`.execute(database.db)
})
after(() => database.close())

const look = batched<number, number | undefined>(async (tx, keys) => {
  lists.push(keys)
  const { rows } = await sql<{ key: number; pieces: number }>`
    select key, pieces from shelf where key = any(${keys}::int[]) order by key desc for update`.execute(tx)
  const byKey = new Map(rows.map(({ key, pieces }) => [key, pieces]))
  return keys.map((key) => byKey.get(key))
})
const put = batched<readonly [key: number, pieces: number], void>(async (tx, items) => {
  await sql`
    update shelf set pieces = item.pieces
    from unnest(${items.map(([key]) => key)}::int[], ${items.map(([, pieces]) => pieces)}::int[]) as item(key, pieces)
    where shelf.key = item.key`.execute(tx)
  return []
})

const take = (key: number, pieces: number) => async (tx: AnyTx) => {
  const there = await look(tx, key)
  await put(tx, [key, (there ?? 0) - pieces])
}
const piecesOf = async (key: number) =>
  (await sql<{ pieces: number }>`select pieces from shelf where key = ${key}`.execute(database.db)).rows[0]?.pieces

test('what pieces of work ask side by side is one statement, and each gets its own answer (PERF-2)', async () => {
  lists.length = 0
  await transaction(database.db, (tx) => concurrently(tx, [take(3, 1), take(1, 2), take(2, 3)]))
  assert.deepEqual(lists, [[3, 1, 2]])
  assert.deepEqual([await piecesOf(1), await piecesOf(2), await piecesOf(3)], [8, 7, 9])
})

test('who finds nothing is told so, and nobody gets what another asked for', async () => {
  const found = await transaction(database.db, (tx) => Promise.all([look(tx, 4), look(tx, 999), look(tx, 5)]))
  assert.deepEqual(found, [10, undefined, 10])
})

test('what two transactions ask at once is never one statement (PLT-7)', async () => {
  lists.length = 0
  await Promise.all([6, 7].map((key) => transaction(database.db, take(key, 1))))
  assert.deepEqual(new Set(lists.map((keys) => keys.join())), new Set(['6', '7']))
})

test('a statement that fails for one of them fails for all, and nothing of it is kept (PLT-7)', async () => {
  const outcome = transaction(database.db, (tx) => concurrently(tx, [take(8, 1), take(9, 11), take(10, 1)]))
  await assert.rejects(outcome, /shelf_pieces_check/)
  assert.deepEqual([await piecesOf(8), await piecesOf(9), await piecesOf(10)], [10, 10, 10])
})

test('a statement in a transaction is planned once, whatever arrays it is given (PERF-1)', async () => {
  await transaction(database.db, async (tx) => {
    const { rows } = await sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`.execute(tx)
    assert.deepEqual(rows, [{ mode: 'force_generic_plan' }])
  })
  const { rows } = await sql<{ mode: string }>`select current_setting('plan_cache_mode') as mode`.execute(database.db)
  assert.deepEqual(rows, [{ mode: 'auto' }])
})
