import { AsyncLocalStorage } from 'node:async_hooks'
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { afterCommit, batched, sharedTransactions, type AnyTx, type ShareTransaction } from './index.ts'

let database: TestDatabase
let share: ShareTransaction<unknown>
const statements: (readonly number[])[] = []
before(async () => {
  database = await testDatabase({ parts: [] })
  await sql`create table tea (
    key int primary key, tx xid8 not null default pg_current_xact_id(), pair int,
    constraint in_pairs unique (pair) deferrable initially deferred)`.execute(database.db)
  share = sharedTransactions(database.db)
})
after(() => database.close())
beforeEach(async () => {
  statements.length = 0
  await sql`truncate tea`.execute(database.db)
})

const insertTea = batched<number, number>(async (tx, keys) => {
  statements.push(keys)
  await sql`insert into tea (key) select * from unnest(${keys}::int[])`.execute(tx)
  return keys.map((key) => key * 10)
})
const insert = (key: number) => share([], (tx) => insertTea(tx, key))
const rows = async () =>
  (await sql<{ key: number; tx: string }>`select key, tx from tea order by key`.execute(database.db)).rows
const keys = async () => (await rows()).map(({ key }) => key)

async function killBackendOf(tx: AnyTx): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
  await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid])
}

test('concurrent callers share a transaction and its statements, and each gets its own result (PERF-2)', async () => {
  assert.deepEqual(await Promise.all([insert(1), insert(2), insert(3)]), [10, 20, 30])
  assert.deepEqual(statements, [[1, 2, 3]])
  assert.equal(new Set((await rows()).map(({ tx }) => tx)).size, 1)
})

test('a refused caller writes nothing, and the others commit (PERF-2, PLT-7)', async () => {
  const refused = share([], async (tx) => {
    await insertTea(tx, 2)
    return { kind: 'refused', reason: 'sold-out' } as const
  })
  const outcomes = await Promise.all([insert(1), refused, insert(3)])
  assert.deepEqual(outcomes, [10, { kind: 'refused', reason: 'sold-out' }, 30])
  assert.deepEqual(await keys(), [1, 3])
})

test('a caller that fails gets its own error, and the others commit (PERF-2, PLT-7)', async () => {
  await insert(2)
  const outcomes = await Promise.allSettled([insert(1), insert(2), insert(3)])
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  assert.deepEqual(await keys(), [1, 2, 3])
})

test('a caller whose commit the database refuses does not take the others with it (PERF-2, PLT-7)', async () => {
  const paired = (key: number) =>
    share([], async (tx) => void (await sql`insert into tea (key, pair) values (${key}, 7)`.execute(tx)))
  const outcomes = await Promise.allSettled([paired(1), insert(2), paired(3)])
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'fulfilled', 'rejected'])
  assert.equal((await keys()).length, 2)
})

test('two callers with a common key never share a transaction (PERF-2)', async () => {
  const anna = (key: number) => share(['anna'], (tx) => insertTea(tx, key))
  await Promise.all([anna(1), insert(2), anna(3), anna(4)])
  assert.deepEqual(new Set(statements.map(String)), new Set(['1,2', '3', '4']))
  assert.equal(new Set((await rows()).map(({ tx }) => tx)).size, 3)
})

test('when the connection dies at the commit, no work runs again: the commit may have been done (PERF-2, R8)', async () => {
  let runs = 0
  const killed = share([], async (tx) => {
    runs++
    await insertTea(tx, 1)
    await killBackendOf(tx)
  })
  const other = share([], async () => void runs++)
  assert.deepEqual(
    (await Promise.allSettled([killed, other])).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(runs, 2)
  assert.deepEqual(await keys(), [])
})

test('work runs in the context of its own caller, and its callbacks after the common commit (PERF-2, PLT-18)', async () => {
  const trace = new AsyncLocalStorage<string>()
  const seen: (string | undefined)[] = []
  const committed: number[] = []
  const traced = (name: string, key: number) =>
    trace.run(name, () =>
      share([], async (tx) => {
        seen.push(trace.getStore())
        afterCommit(tx, () => committed.push(key))
        await insertTea(tx, key)
        assert.deepEqual(committed, [])
      }),
    )
  await Promise.all([traced('anna', 1), traced('boris', 2)])
  assert.deepEqual(
    [seen, committed],
    [
      ['anna', 'boris'],
      [1, 2],
    ],
  )
})

test('callers that hang do not keep later ones waiting (PERF-2, F-4)', async () => {
  const end = Promise.withResolvers<void>()
  let begun = 0
  const hang = () => share(['anna'], async () => (begun++, await end.promise))
  const hanging = [hang(), hang()]
  await eventually(async () => assert.equal(begun, 2))
  assert.equal(await insert(1), 10)
  end.resolve()
  await Promise.all(hanging)
})
