import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { openDb, openPool, transaction } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await database.pool.query('create table tea (id bigint primary key, price numeric)')
})
after(() => database.close())

async function withPool(work: (pool: ReturnType<typeof openPool>) => Promise<void>): Promise<void> {
  const pool = openPool({ url: database.url, size: 3 })
  try {
    await work(pool)
  } finally {
    await pool.end()
  }
}
const times = (n: number, work: () => Promise<unknown>) => Promise.all(Array.from({ length: n }, work))

test('after an outage of the database, the next request is answered at once (PLT-11)', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    const nap = () => sql`select pg_sleep(0.02)`.execute(db)
    await times(3, nap)
    await database.pool.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await times(6, nap)
  }))

test('a connection that was cut without notice is not used again (PLT-11)', ({ mock }) =>
  withPool(async (pool) => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() })
    const db = openDb(pool)
    const client = await pool.connect()
    client.release()
    await sql`select 1`.execute(db)
    client.query = () => Promise.reject(new Error('Query read timeout'))
    mock.timers.tick(1100)
    await sql`select 1`.execute(db)
    assert.equal(pool.totalCount, 1)
  }))

test('a connection that was left inside a transaction is closed', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    await db.connection().execute(async (connection) => {
      await sql`begin`.execute(connection)
      await sql`insert into tea values (1, 1)`.execute(connection)
    })
    assert.equal(pool.totalCount, 0)
    const { rows } = await sql`select * from tea`.execute(db)
    assert.deepEqual(rows, [])
  }))

test('a whole number stays exact: one too big for JavaScript is an error, never a wrong price', async () => {
  const { rows } = await database.pool.query('select 9007199254740991::int8 as most, 12.50::numeric as price')
  assert.deepEqual(rows, [{ most: 9007199254740991, price: 12.5 }])
  await assert.rejects(database.pool.query('select 9007199254740993::int8'), /safe integer/)
})

test('a statement, a wait for a lock and an idle transaction have timeouts', async () => {
  const { rows } = await database.pool.query(
    `select current_setting('statement_timeout') s, current_setting('lock_timeout') l,
            current_setting('idle_in_transaction_session_timeout') i, current_setting('transaction_timeout') t`,
  )
  assert.deepEqual(rows, [{ s: '10s', l: '3s', i: '15s', t: '1min' }])
})

test('a statement with a limit reads the same rows of a large table each time (CAT-6)', () =>
  withPool(async (pool) => {
    await pool.query(`
      create unlogged table leaf (id int, text text storage plain);
      insert into leaf select i, repeat('x', 8000) from generate_series(1, 5000) i`) // 40 MB: more than a quarter of the buffers
    const read = async () => (await pool.query('select sum(id)::int from (select id from leaf limit 1000) leaf')).rows
    assert.deepEqual([await read(), await read()], [[{ sum: 500_500 }], [{ sum: 500_500 }]])
  }))

test('a migration does not break the prepared statements of a running app (PLT-12)', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    const all = () => sql`select * from tea`.execute(db)
    await times(3, all)
    await database.pool.query('alter table tea add column origin text')
    await times(6, all)
    await database.pool.query('alter table tea add column year int')
    await transaction(db, (tx) => sql`select * from tea`.execute(tx))
  }))

test('a server that shuts down while a connection starts does not end the program (REL-2)', async () => {
  const pool = openPool({ url: database.url, size: 1 })
  await new Promise<void>((resolve, reject) => {
    pool.connect((error, client, release) => {
      if (error || !client) return reject(error ?? new Error('no client'))
      client.emit('error', new Error('terminating connection'))
      release(true)
      resolve()
    })
  })
  await pool.end()
})
