import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { cleanupJob, deletedRows } from './index.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase({ parts: [] })
  await database.pool.query('create table leaf (id int primary key); create table stem (id int primary key)')
})
beforeEach(() => sql`truncate leaf, stem`.execute(database.db))
after(() => database.close())

const running = new AbortController().signal
const fill = (table: string, rows: number) =>
  sql`insert into ${sql.table(table)} select generate_series(1, ${rows}::int)`.execute(database.db)
const countIn = async (table: string) =>
  (await sql<{ count: number }>`select count(*)::int as count from ${sql.table(table)}`.execute(database.db)).rows[0]
    ?.count

/** Deletes from a table, and notes how many rows each statement deleted. */
function deletionOf(table: string) {
  const batches: number[] = []
  const deletion = async (limit: number) => {
    const deleted = deletedRows(
      await sql`
        delete from ${sql.table(table)} where id = any(array(select id from ${sql.table(table)} limit ${limit}))
      `.execute(database.db),
    )
    batches.push(deleted)
    return deleted
  }
  return { deletion, batches }
}
const cleanup = (...deletions: ((limit: number) => Promise<number>)[]) =>
  cleanupJob({ name: 'garden.delete-old-leaves', cron: '0 3 * * *', deletions })

test('a cleanup deletes all old rows of all its tables, in batches of 1,000 (PLT-1)', async () => {
  await fill('leaf', 2300)
  await fill('stem', 1000)
  const [leaves, stems] = [deletionOf('leaf'), deletionOf('stem')]
  await cleanup(leaves.deletion, stems.deletion).work({}, running)
  assert.deepEqual([await countIn('leaf'), await countIn('stem')], [0, 0])
  assert.deepEqual(
    [leaves.batches, stems.batches],
    [
      [1000, 1000, 300],
      [1000, 0],
    ],
  )
})

test('a cleanup ends after the current batch when the program stops (PLT-20)', async () => {
  await fill('leaf', 2300)
  const stopping = new AbortController()
  const { deletion } = deletionOf('leaf')
  const stopAfterOne = async (limit: number) => {
    stopping.abort()
    return await deletion(limit)
  }
  await cleanup(stopAfterOne, deletion).work({}, stopping.signal)
  assert.equal(await countIn('leaf'), 1300)
})

test('a failed batch fails the job, so that it is tried again (PLT-9)', async () => {
  await fill('leaf', 10)
  const broken = () => Promise.reject(new Error('the database is away'))
  await assert.rejects(cleanup(broken, deletionOf('leaf').deletion).work({}, running), /the database is away/)
  assert.equal(await countIn('leaf'), 10)
})

test('a cleanup runs on its schedule and has no payload (PLT-9)', () => {
  const { name, cron, payload } = cleanup()
  assert.deepEqual([name, cron, payload.properties], ['garden.delete-old-leaves', '0 3 * * *', {}])
})
