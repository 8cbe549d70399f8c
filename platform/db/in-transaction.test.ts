import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { CompiledQuery, sql } from 'kysely'
import type { Connection } from './connection.ts'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { PosadDialect } from './dialect.ts'
import { inTransaction, transaction } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tea (id int)`.execute(database.db)
})
after(() => database.close())
beforeEach(async () => {
  await sql`truncate tea`.execute(database.db)
})

const guarded = sql`insert into tea select 1 where ${inTransaction}`
const compiled = () => CompiledQuery.raw(guarded.compile(database.db).sql)
const plain = CompiledQuery.raw('insert into tea values (2)')
const teas = async () => (await sql<{ id: number }>`select id from tea`.execute(database.db)).rows

/** A connection whose BEGIN the server refuses. */
async function withoutTransaction(work: (connection: Connection) => Promise<void>): Promise<void> {
  const driver = new PosadDialect(database.pool).createDriver()
  const connection = await driver.acquireConnection()
  try {
    await driver.beginTransaction(connection, { isolationLevel: 'impossible' as never })
    await work(connection)
  } finally {
    await driver.releaseConnection(connection)
  }
}

test('a statement that is sent with BEGIN writes in the transaction (PLT-7, PERF-2)', async () => {
  await transaction(database.db, async (tx) => {
    await guarded.execute(tx)
    assert.deepEqual(await teas(), [])
  })
  assert.deepEqual(await teas(), [{ id: 1 }])
  await guarded.execute(database.db)
  assert.equal((await teas()).length, 1)
})

test('when BEGIN fails, the statement that was sent with it writes nothing and reports the error (PLT-7)', async () => {
  await withoutTransaction(async (connection) => {
    await assert.rejects(connection.executeQuery(compiled()), /syntax error/)
  })
  assert.deepEqual(await teas(), [])
})

test('when BEGIN fails, no other statement is sent, and nothing is committed (PLT-7)', async () => {
  await withoutTransaction(async (connection) => {
    await assert.rejects(connection.executeQuery(plain), /syntax error/)
    await assert.rejects(connection.executeQuery(plain), /syntax error/)
    await assert.rejects(connection.end('commit'), /syntax error/)
  })
  assert.deepEqual(await teas(), [])
})
