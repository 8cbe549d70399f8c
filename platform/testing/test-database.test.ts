import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findParts, isAlive } from '#platform/db'
import { crowd, eventually, testDatabase, type TestDatabase } from './index.ts'
import { addressVariable, siblingOf } from './postgres.ts'
import { dropLeftovers } from './template.ts'

let database: TestDatabase
before(async () => (database = await testDatabase()))
after(() => database.close())

const schemas = async ({ pool }: TestDatabase) =>
  (
    await pool.query<{ nspname: string }>(
      `select nspname from pg_namespace where nspname !~ '^pg_|^information_schema|^public'`,
    )
  ).rows
    .map(({ nspname }) => nspname)
    .toSorted((one, other) => one.localeCompare(other))

test('every test gets its own database with all tables, and leaves nothing behind', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()])
  await one.pool.query(`create table tea ()`)
  assert.equal((await other.pool.query(`select to_regclass('tea') tea`)).rows[0]?.tea, null)
  assert.ok((await schemas(one)).includes('platform'))
  for (const { close } of [one, other]) await close()
  const { rowCount } = await database.pool.query('select from pg_database where datname = $1', [
    new URL(one.url).pathname.slice(1),
  ])
  assert.equal(rowCount, 0)
})

test('a database has the tables of the requested modules only', async () => {
  const platform = findParts([])
  const module = findParts().find(({ part }) => findParts([part]).length === platform.length + 1)?.part
  assert.ok(module)
  const [without, withIt] = await Promise.all([testDatabase({ parts: [] }), testDatabase({ parts: [module] })])
  const ofPlatform = await schemas(without)
  assert.deepEqual(
    (await schemas(withIt)).filter((schema) => !ofPlatform.includes(schema)),
    [module],
  )
  for (const { close } of [without, withIt]) await close()
})

test('databases of dead test processes are dropped, those of running ones stay', async () => {
  const dead = spawnSync('true').pid
  const orphan = `posad_case_${dead}_0_x`
  await database.pool.query(`create database ${orphan}`)
  await dropLeftovers(siblingOf(database.url, 'postgres'), isAlive)
  const { rows } = await database.pool.query(
    `select datname from pg_database where datname in ('${orphan}', current_database())`,
  )
  assert.deepEqual(rows, [{ datname: new URL(database.url).pathname.slice(1) }])
})

test('the global setup starts one server for all files of a run and stops it', () => {
  const directory = mkdtempSync(join(import.meta.dirname, 'fixture-'))
  try {
    for (const name of ['one', 'two']) {
      const program = `
        import { test } from 'node:test'
        import { testDatabase } from '#platform/testing'
        test('${name}', async () => {
          const { pool, close } = await testDatabase({ parts: [] })
          console.log('ADDRESS ' + process.env.${addressVariable})
          await pool.query('select 1')
          await close()
        })`
      writeFileSync(join(directory, `${name}.test.ts`), program)
    }
    const { [addressVariable]: _, NODE_TEST_CONTEXT: __, ...env } = process.env
    const setup = `--test-global-setup=${join(import.meta.dirname, 'setup.ts')}`
    const run = spawnSync(process.execPath, ['--test', setup, `${directory}/*.test.ts`], { encoding: 'utf8', env })
    assert.equal(run.status, 0, run.stdout + run.stderr)
    const addresses = [...run.stdout.matchAll(/ADDRESS (\S+)/g)].map(([, address]) => address)
    assert.equal(addresses.length, 2)
    assert.match(addresses[0] ?? '', /^postgres:/)
    assert.equal(addresses[0], addresses[1])
  } finally {
    rmSync(directory, { recursive: true })
  }
})

test('eventually waits until its check passes, and throws the last error if it never does', async () => {
  let looks = 0
  assert.equal(await eventually(() => (assert.ok(++looks > 2), looks)), 3)
  await assert.rejects(
    eventually(() => assert.equal('never', 'true'), { within: 50 }),
    /never/,
  )
})

test('a crowd runs at once and returns the outcome of each call', async () => {
  let running = 0
  let most = 0
  const outcomes = await crowd(5, async (i) => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
    if (i === 3) throw new Error('three')
    return i
  })
  assert.deepEqual([most, outcomes.map(({ status }) => status[0]).join('')], [5, 'fffrf'])
})
