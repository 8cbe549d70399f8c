import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { statementsOf } from './statements-of.ts'
import { testDatabase } from './test-database.ts'

test('a record of statements shows which of them share a connection (PERF-1)', async () => {
  const { db, close } = await testDatabase({ parts: [] })
  const statements = await statementsOf(async () => {
    await transaction(db, async (tx) => {
      await sql`select ${1}::int`.execute(tx)
      await sql`select 2`.execute(db)
    })
  })
  await close()
  const [begin, one, two, commit] = statements.filter(({ text }) => text !== 'select')
  assert.deepEqual([one?.text, one?.values, two?.text, commit?.text], ['select $1::int', [1], 'select 2', 'commit'])
  assert.deepEqual([one?.connection, commit?.connection], [begin?.connection, begin?.connection])
  assert.notEqual(two?.connection, begin?.connection)
})
