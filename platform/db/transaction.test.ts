import { after, before, beforeEach, test } from 'node:test'
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { afterCommit, CommitRefused, sqlStateOf, transaction, type AnyTx } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await database.pool.query('create table tea (id int primary key, sold int not null default 0)')
})
after(() => database.close())
beforeEach(() => database.pool.query('truncate tea'))

const put = (tx: AnyTx, id: number) => tx.insertInto('tea').values({ id }).execute()
const teas = async () =>
  (await database.pool.query<{ id: number }>('select id from tea order by id')).rows.map((row) => row.id)
const failWith = (tx: AnyTx, state: string) =>
  sql.raw(`do $$ begin raise exception using errcode = '${state}'; end $$`).execute(tx)

async function killBackendOf(tx: AnyTx): Promise<void> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx)
  await database.pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid])
}

test('all of the work is kept, or none of it (PLT-7)', async () => {
  await transaction(database.db, (tx) => put(tx, 1))
  const failing = transaction(database.db, async (tx) => {
    await put(tx, 2)
    throw new Error('no more tea')
  })
  await assert.rejects(failing, /no more tea/)
  assert.deepEqual(await teas(), [1])
})

test('when the connection is killed, nothing of the work is kept, however stubborn it is (PLT-7, R8)', async () => {
  const stubborn = transaction(database.db, async (tx) => {
    await put(tx, 1)
    await killBackendOf(tx)
    for (const id of [2, 3, 4]) await put(tx, id).catch(() => {})
  })
  await assert.rejects(stubborn)
  assert.deepEqual(await teas(), [])
  await transaction(database.db, (tx) => put(tx, 5))
  assert.deepEqual(await teas(), [5])
})

test('a killed connection is told as what it is, not as a failed rollback (R8)', async () => {
  const killed = transaction(database.db, async (tx) => {
    await killBackendOf(tx)
    throw new Error('what really happened')
  })
  await assert.rejects(killed, /what really happened/)
})

test('statements still queued when the work fails never run after its rollback (PLT-7, R8)', async () => {
  const hasty = transaction(database.db, (tx) => {
    const doubtful = put(tx, 1).then(() => Promise.reject(new Error('changed my mind')))
    return Promise.all([doubtful, ...[2, 3, 4, 5].map((id) => put(tx, id))])
  })
  await assert.rejects(hasty, /changed my mind/)
  await sql`select pg_sleep(0.05)`.execute(database.db)
  assert.deepEqual(await teas(), [])
})

test('statements nobody waited for never run after the commit (PLT-7, R8)', async () => {
  let late: Promise<unknown> = Promise.resolve()
  await transaction(database.db, async (tx) => {
    await put(tx, 1)
    const forgotten = [sql`select pg_sleep(0.05)`.execute(tx), ...[2, 3, 4].map((id) => put(tx, id))]
    late = Promise.allSettled(forgotten)
  })
  await late
  assert.deepEqual(await teas(), [1])
})

test('a failure that the work swallowed still fails it: COMMIT was answered with ROLLBACK (PLT-7, R9)', async () => {
  let told = false
  const careless = transaction(database.db, async (tx) => {
    afterCommit(tx, () => (told = true))
    await put(tx, 1)
    await put(tx, 1).catch(() => {})
  })
  await assert.rejects(careless, CommitRefused)
  assert.deepEqual([await teas(), told], [[], false])
})

test('a serialization failure runs the work again and its callbacks once (PLT-7)', async () => {
  let attempts = 0
  let called = 0
  await transaction(database.db, async (tx) => {
    attempts++
    afterCommit(tx, () => called++)
    await put(tx, attempts)
    if (attempts < 3) await failWith(tx, '40001')
  })
  assert.deepEqual([attempts, called, await teas()], [3, 1, [3]])
})

test('after four attempts the failure is told, and other failures are never repeated (PLT-7)', async () => {
  const attemptsAt = async (state: string) => {
    let attempts = 0
    const failing = transaction(database.db, async (tx) => {
      attempts++
      await failWith(tx, state)
    })
    await assert.rejects(failing, (error) => sqlStateOf(error) === state)
    return attempts
  }
  assert.deepEqual([await attemptsAt('40P01'), await attemptsAt('23505')], [4, 1])
})

test('two sales that lock each other out both come through (PLT-7)', async () => {
  await database.pool.query('insert into tea (id) values (1), (2)')
  const sell = (one: number, other: number) =>
    transaction(database.db, async (tx) => {
      await sql`set local deadlock_timeout = '20ms'`.execute(tx)
      for (const id of [one, other]) {
        await sql`update tea set sold = sold + 1 where id = ${id}`.execute(tx)
        await sql`select pg_sleep(0.05)`.execute(tx)
      }
    })
  await Promise.all([sell(1, 2), sell(2, 1)])
  const { rows } = await database.pool.query('select sold from tea')
  assert.deepEqual(rows, [{ sold: 2 }, { sold: 2 }])
})

test('what is committed is answered as committed, even if a callback after it throws (PLT-7)', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
  await transaction(database.db, async (tx) => {
    afterCommit(tx, () => {
      throw new Error('a bad callback')
    })
    await put(tx, 1)
  })
  assert.deepEqual(await teas(), [1])
  assert.match((await warned).message, /a bad callback/)
})

test('telling outside of the unit of work is refused', async () => {
  await database.db.transaction().execute(async (tx) => {
    assert.throws(() => afterCommit(tx, () => {}), /Not inside transaction/)
  })
})
