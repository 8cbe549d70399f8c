import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { byKey, transaction, type Db } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [], size: 1 })
  await sql`create table items as select n as id, n from generate_series(1, 10000) n`.execute(database.db)
  await sql`create unique index on items (id)`.execute(database.db)
  await sql`analyze items`.execute(database.db)
})
after(() => database.close())

/** Reads by lists of keys, and returns whether the session planned the statement for these keys, and for any keys. */
async function plansOf(db: Db, label: string) {
  for (let i = 0; i < 8; i++)
    await sql`select n from items where ${sql.lit(label)} <> '' and id = any(${[i]}::int[])`.execute(db)
  const { rows } = await sql<{ for_keys: boolean; for_any: boolean }>`
    select custom_plans > 0 as for_keys, generic_plans > 0 as for_any from pg_prepared_statements where statement like ${`%${label}%`}
      and statement not like '%pg_prepared_statements%'`.execute(database.db)
  return rows[0]
}

test('a statement that finds its rows by key is planned once, and others for their values (PERF-2)', async () => {
  const { db } = database
  assert.deepEqual(await plansOf(byKey(db), 'keyed'), { for_keys: false, for_any: true })
  assert.deepEqual(await plansOf(db, 'listed'), { for_keys: true, for_any: false })
  // Both share one connection, whose choice changes each time.
  for (const each of [byKey(db), db, byKey(db)]) {
    const { rows } = await sql<{ plan_cache_mode: string }>`show plan_cache_mode`.execute(each)
    assert.equal(rows[0]?.plan_cache_mode, each === db ? 'auto' : 'force_generic_plan')
  }
})

test('a transaction is its own database by key', async () => {
  await transaction(database.db, async (tx) => assert.equal(byKey(tx), tx))
})
