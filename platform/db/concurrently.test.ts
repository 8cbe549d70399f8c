import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { afterCommit, concurrently, sqlStateOf, transaction, type AnyTx } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tea (key int primary key, step int not null)`.execute(database.db)
})
after(() => database.close())

const steps = async () =>
  (await sql<{ key: number; step: number }>`select key, step from tea order by key`.execute(database.db)).rows

/** Reads before it writes, as event handlers do. */
const brew = (key: number) => async (tx: AnyTx) => {
  const { rows } = await sql<{ step: number }>`select ${key}::int as step`.execute(tx)
  await sql`insert into tea values (${key}, ${rows[0]?.step ?? -1})`.execute(tx)
  await sql`update tea set step = step * 2 where key = ${key}`.execute(tx)
}

test('pieces of one transaction run at once, each in its own order and with its own answers (PERF-2)', async () => {
  let committed = 0
  await transaction(database.db, async (tx) => {
    await concurrently(tx, [1, 2, 3, 4, 5].map(brew))
    await concurrently(tx, [async (shared) => afterCommit(shared, () => committed++)])
    await sql`insert into tea values (6, 12)`.execute(tx)
  })
  assert.deepEqual(
    await steps(),
    [1, 2, 3, 4, 5, 6].map((key) => ({ key, step: key * 2 })),
  )
  assert.equal(committed, 1)
})

test('when one piece fails, nothing is written and the first error is reported (PERF-2)', async () => {
  const before = await steps()
  let ended = 0
  const pieces = [10, 1, 11, 12].map((key) => async (tx: AnyTx) => {
    await brew(key)(tx).finally(() => ended++)
  })
  const error = await transaction(database.db, (tx) => concurrently(tx, pieces)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  assert.equal(sqlStateOf(error), '23505')
  assert.equal(ended, 4, 'a piece was still running when the transaction rolled back')
  assert.deepEqual(await steps(), before)
})

test('an error in one piece rolls the other pieces back (PERF-2)', async () => {
  const before = await steps()
  const failing = async () => {
    throw new Error('no')
  }
  await assert.rejects(
    transaction(database.db, (tx) => concurrently(tx, [brew(20), failing, brew(21)])),
    /^Error: no$/,
  )
  assert.deepEqual(await steps(), before)
})
