import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
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
const crowdOf = (n: number, work: () => Promise<unknown>) => Promise.all(Array.from({ length: n }, work))

test('after the database was away, the next request is answered at once (PLT-11)', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    const nap = () => sql`select pg_sleep(0.02)`.execute(db)
    await crowdOf(3, nap)
    await database.pool.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await crowdOf(6, nap)
  }))

test('a connection cut without a word is noticed before it is handed out (PLT-11)', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    const client = await pool.connect()
    client.release()
    await sql`select 1`.execute(db)
    client.query = (() => new Promise((_, fail) => setTimeout(fail, 30, new Error('Query read timeout')))) as never
    await sleep(1100)
    await sql`select 1`.execute(db)
    assert.equal(pool.totalCount, 1)
  }))

test('a connection left inside a transaction is closed, not handed out', () =>
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

test('whole numbers stay whole: a number too big for JavaScript is an error, never a wrong price', async () => {
  const { rows } = await database.pool.query('select 9007199254740991::int8 as most, 12.50::numeric as price')
  assert.deepEqual(rows, [{ most: 9007199254740991, price: 12.5 }])
  await assert.rejects(database.pool.query('select 9007199254740993::int8'), /safe integer/)
})

test('a statement, a lock and an idle transaction have limits', async () => {
  const { rows } = await database.pool.query(
    `select current_setting('statement_timeout') s, current_setting('lock_timeout') l,
            current_setting('idle_in_transaction_session_timeout') i, current_setting('transaction_timeout') t`,
  )
  assert.deepEqual(rows, [{ s: '10s', l: '3s', i: '15s', t: '1min' }])
})

test('a migration under a running shop does not break its prepared statements (PLT-12)', () =>
  withPool(async (pool) => {
    const db = openDb(pool)
    const all = () => sql`select * from tea`.execute(db)
    await crowdOf(3, all)
    await database.pool.query('alter table tea add column origin text')
    await crowdOf(6, all)
    await database.pool.query('alter table tea add column year int')
    await transaction(db, (tx) => sql`select * from tea`.execute(tx))
  }))

test('a server that says goodbye in the moment it let us in does not end the program (REL-2)', async () => {
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
