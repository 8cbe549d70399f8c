import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { windowOf } from '#platform/outcome'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { listActs, recordAct } from './index.ts'

let database: TestDatabase
before(async () => (database = await testDatabase({ parts: [] })))
after(() => database.close())

test('a page of the audit reads its rows by an index, at any depth and with any filter (PLT-6, PERF-5)', async () => {
  const { db } = database
  const actor = { kind: 'program', name: 'scales' } as const
  for (let i = 0; i < 3; i++)
    await transaction(db, async (tx) => await recordAct(tx, { actor, action: 'sold', subject_id: `tin-${i}` }))
  await sql`
    insert into platform.audit (id, actor, actor_name, action, subject_id, details)
    select uuidv7(- n * interval '1 second'), 'program', 'other', 'counted', 'tin-' || n % 1000, '{}'
    from generate_series(1, 20000) n`.execute(db)
  await sql`analyze platform.audit`.execute(db)
  const filters = [
    {},
    { actor_name: 'scales' },
    { action: 'sold' },
    { subject_id: 'tin-7' },
    { from: new Date(Date.now() - 15_000_000), until: new Date(Date.now() - 14_000_000) },
  ]
  for (const filter of filters) {
    const first = await listActs(db, { ...filter, window: windowOf({ page_size: 2 }) })
    const cursor = first.next_cursor ?? ''
    const second = await listActs(db, { ...filter, window: windowOf({ page_size: 2, cursor }) })
    const [, newest] = first.items
    assert.ok(newest && second.items[0] && second.items[0].id < newest.id)
  }
  const { rows } = await sql<{ 'QUERY PLAN': string }>`
    explain select * from platform.audit where subject_id = 'tin-7' and id < uuidv7() order by id desc limit 21
  `.execute(db)
  assert.match(rows.map((row) => row['QUERY PLAN']).join('\n'), /Index.* audit_of_subject/)
})
