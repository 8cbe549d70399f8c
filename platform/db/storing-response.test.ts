import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql, type Kysely } from 'kysely'
import { storeNothing } from '#platform/outcome'
import { statementsOf, testDatabase, type TestDatabase } from '#platform/testing'
import { storingResponse, type AnyTx } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tea (bags int not null)`.execute(database.db)
  await sql`create table response (text text not null)`.execute(database.db)
})
after(() => database.close())

const addTea = async (over: Kysely<unknown>) => {
  await sql`insert into tea values (1)`.execute(over)
  return { kind: 'added' } as const
}
const store = async (tx: AnyTx) => {
  await sql`insert into response values ('added')`.execute(tx)
}
const count = async () =>
  (
    await sql<{ tea: number; responses: number }>`
      select (select count(*) from tea)::int as tea, (select count(*) from response)::int as responses
    `.execute(database.db)
  ).rows[0]

test('without a response to store a statement is its own transaction (PERF-2)', async () => {
  const statements = await statementsOf(async () => {
    await storingResponse(database.db, storeNothing, addTea)
  })
  assert.deepEqual(
    statements.map(({ text }) => text),
    ['insert into tea values (1)'],
  )
})

test('the effect and its response are written together or not at all (A8)', async () => {
  const before = await count()
  const failing = async (tx: AnyTx) => {
    await store(tx)
    throw new Error('taken over')
  }
  await assert.rejects(storingResponse(database.db, failing, addTea), /taken over/)
  assert.deepEqual(await count(), before)
  assert.deepEqual(await storingResponse(database.db, store, addTea), { kind: 'added' })
  const { tea = 0, responses = 0 } = before ?? {}
  assert.deepEqual(await count(), { tea: tea + 1, responses: responses + 1 })
})

test('a refusal stores no response, and its work is rolled back (PLT-7)', async () => {
  const before = await count()
  const refuse = async (over: Kysely<unknown>) => {
    await addTea(over)
    return { kind: 'refused', reason: 'cart-full' } as const
  }
  assert.deepEqual(await storingResponse(database.db, store, refuse), { kind: 'refused', reason: 'cart-full' })
  assert.deepEqual(await count(), before)
})
