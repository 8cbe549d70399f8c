import { after, afterEach, before, beforeEach, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Pool } from 'pg'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { migrateDown, migrateUp, migrationStatus, newMigration, openPool, previewDown } from './index.ts'

let database: TestDatabase
let pool: Pool
let root: string
let databases = 0

before(async () => (database = await testDatabase({ parts: [] })))
after(() => database.close())

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'posad-migrations-'))
  write('platform/log/migrations/0001-log', 'create schema log', 'drop schema log')
  write(
    'modules/apples/migrations/0001-apples',
    '-- needs: trees\nalter table trees.tree add apples int',
    'alter table trees.tree drop apples',
  )
  write(
    'modules/trees/migrations/0001-trees',
    'create schema trees;\ncreate table trees.tree (id int);',
    'drop schema trees cascade',
  )
  write(
    'modules/trees/migrations/0002-height',
    'alter table trees.tree add height int;',
    'alter table trees.tree drop height',
  )
  const name = `${new URL(database.url).pathname.slice(1)}_m${databases++}`
  await database.pool.query(`create database ${name}`)
  pool = openPool({ url: database.url.replace(/[^/]+$/, name), size: 2 })
})
afterEach(async () => {
  await pool.end()
  rmSync(root, { recursive: true })
  await database.pool.query(
    `drop database ${new URL(pool.options.connectionString ?? '').pathname.slice(1)} with (force)`,
  )
})

function write(path: string, up: string, down: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, `${path}.up.sql`), up)
  writeFileSync(join(root, `${path}.down.sql`), down)
}

const states = async (scope = {}) =>
  (await migrationStatus(pool, { root, ...scope })).map(({ part, number, state }) => `${part} ${number} ${state}`)

test('migrations run in order: the platform, then each module after the modules it needs (PLT-12)', async () => {
  const applied = await migrateUp(pool, { root })
  assert.deepEqual(applied, ['platform/log/0001-log', 'trees/0001-trees', 'trees/0002-height', 'apples/0001-apples'])
  assert.deepEqual(await migrateUp(pool, { root }), [])
})

test('a service applies the platform and its own modules with the modules they need (PLT-12)', async () => {
  assert.deepEqual(await migrateUp(pool, { root, parts: ['trees'] }), [
    'platform/log/0001-log',
    'trees/0001-trees',
    'trees/0002-height',
  ])
  assert.deepEqual(await migrateUp(pool, { root, parts: ['apples'] }), ['apples/0001-apples'])
})

test('down reverts the newest migration first, status shows it, up applies it again (PLT-12)', async () => {
  assert.deepEqual(await states(), ['platform/log 1 pending', 'trees 1 pending', 'trees 2 pending', 'apples 1 pending'])
  await migrateUp(pool, { root })
  assert.deepEqual(await migrateDown(pool, { part: 'apples', steps: 1, root }), ['apples/0001-apples'])
  assert.deepEqual(await migrateDown(pool, { part: 'trees', steps: 1, root }), ['trees/0002-height'])
  assert.deepEqual(await states(), ['platform/log 1 applied', 'trees 1 applied', 'trees 2 pending', 'apples 1 pending'])
  assert.deepEqual(await migrateUp(pool, { root }), ['trees/0002-height', 'apples/0001-apples'])
})

test('before a revert the preview names the tables and columns that would be lost, and changes nothing (PLT-12)', async () => {
  await migrateUp(pool, { root })
  assert.deepEqual(await previewDown(pool, { part: 'trees', steps: 1, root }), {
    titles: ['trees/0002-height'],
    losses: ['trees.tree.height'],
  })
  assert.deepEqual((await previewDown(pool, { part: 'trees', steps: 2, root })).losses, ['trees.tree'])
  assert.ok((await states()).every((state) => state.endsWith('applied')))
})

test('a revert refuses an unknown part, and more steps than are applied (PLT-12)', async () => {
  await migrateUp(pool, { root })
  await assert.rejects(migrateDown(pool, { part: 'bogus', steps: 1, root }), {
    name: 'MigrationFailed',
    message: 'There is no part bogus: choose one of platform/log, trees, apples',
  })
  await assert.rejects(migrateDown(pool, { part: 'trees', steps: 5, root }), {
    name: 'MigrationFailed',
    message: 'trees has 2 applied migrations: --steps 5 is more than that',
  })
  assert.ok((await states()).every((state) => state.endsWith('applied')))
})

test('a failed migration changes nothing and reports its line (PLT-12)', async () => {
  write('modules/trees/migrations/0003-broken', 'create table trees.leaf (id int);\nselect 1 from nowhere;', '')
  await assert.rejects(migrateUp(pool, { root }), {
    name: 'MigrationFailed',
    message: 'trees/0003-broken: relation "nowhere" does not exist, line 2',
  })
  const { rows } = await pool.query(`select to_regclass('trees.tree') is not null tree, to_regclass('trees.leaf') leaf`)
  assert.deepEqual(rows, [{ tree: true, leaf: null }])
  assert.equal((await states()).at(-2), 'trees 3 pending')
})

test('an edited migration is refused and nothing is applied; other line ends are no edit (PLT-12)', async () => {
  await migrateUp(pool, { root })
  write(
    'modules/trees/migrations/0001-trees',
    'create schema trees;\r\ncreate table trees.tree (id int);',
    'drop schema trees cascade',
  )
  assert.deepEqual(await migrateUp(pool, { root }), [])
  write('modules/trees/migrations/0002-height', 'alter table trees.tree add height bigint;', '')
  write('modules/trees/migrations/0003-bark', 'alter table trees.tree add bark text;', '')
  await assert.rejects(
    migrateUp(pool, { root }),
    /^MigrationFailed: trees\/0002-height was changed after it was applied/,
  )
  assert.deepEqual((await states()).slice(1, 4), ['trees 1 applied', 'trees 2 changed', 'trees 3 pending'])
})

test('a migration without a down file, with a wrong name or with a used number is refused (PLT-12)', async () => {
  const folder = join(root, 'modules/trees/migrations')
  const refused = async (file: string, message: RegExp) => {
    writeFileSync(join(folder, file), 'select 1')
    await assert.rejects(migrateUp(pool, { root }), message)
    rmSync(join(folder, file))
  }
  await refused('0003-bark.up.sql', /0003-bark\.down\.sql is missing/)
  await refused('0003-bark.down.sql', /0003-bark\.up\.sql is missing/)
  await refused('bark.sql', /bark\.sql is not named like/)
  write('modules/trees/migrations/0002-bark', 'select 1', 'select 1')
  await assert.rejects(migrateUp(pool, { root }), /two files with number 0002/)
})

test('an older version runs on the migrations of a newer one, and cannot revert them (PLT-12)', async () => {
  write(
    'modules/trees/migrations/0003-bark',
    'alter table trees.tree add bark text;',
    'alter table trees.tree drop bark',
  )
  await migrateUp(pool, { root })
  for (const file of ['0003-bark.up.sql', '0003-bark.down.sql']) rmSync(join(root, 'modules/trees/migrations', file))
  assert.deepEqual(await migrateUp(pool, { root }), [])
  assert.equal((await states()).at(-1), 'trees 3 unknown')
  await assert.rejects(migrateDown(pool, { part: 'trees', steps: 1, root }), /trees\/0003-bark is not in this version/)
})

test('a new migration gets the next number and both files (PLT-12)', () => {
  newMigration('trees', 'add-bark', root)
  const names = readdirSync(join(root, 'modules/trees/migrations')).filter((name) => name.includes('bark'))
  assert.deepEqual(names.toSorted(), ['0003-add-bark.down.sql', '0003-add-bark.up.sql'])
  assert.throws(
    () => newMigration('trees', 'add-bark', root),
    /^MigrationFailed: trees\/0003-add-bark has this name already/,
  )
  assert.throws(() => newMigration('trees', 'Add Bark!', root), /Add Bark! is not a name/)
  assert.throws(() => newMigration('stones', 'add-moss', root), /There is no part stones/)
})

test('four processes that migrate at once apply each file once, and all succeed (PLT-12)', async () => {
  for (let number = 3; number < 12; number++) {
    write(
      `modules/trees/migrations/${String(number).padStart(4, '0')}-ring`,
      `select pg_sleep(0.01); create table trees.ring${number} ()`,
      '',
    )
  }
  const program = `
    import { migrateUp, openPool } from '#platform/db'
    const pool = openPool({ url: ${JSON.stringify(pool.options.connectionString)}, size: 1 })
    console.log(JSON.stringify(await migrateUp(pool, { root: ${JSON.stringify(root)} })))
    await pool.end()`
  const migrate = async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
    })
    return JSON.parse(stdout) as string[]
  }
  const applied = await Promise.all([migrate(), migrate(), migrate(), migrate()])
  assert.equal(applied.flat().length, 13)
  assert.equal(new Set(applied.flat()).size, 13)
})
