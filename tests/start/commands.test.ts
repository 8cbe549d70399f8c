import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { startEmbedded, takeInstanceLock } from '#platform/db'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { posad, temporaryDirectory } from './shop-process.ts'

let empty: TestDatabase
let migrated: TestDatabase
before(async () => {
  empty = await testDatabase({ parts: [] })
  await empty.pool.query('drop schema if exists platform cascade')
  migrated = await testDatabase()
  await sql`insert into platform.consumer (consumer_group) values ('ordering')`.execute(migrated.db)
})
after(async () => {
  await empty.close()
  await migrated.close()
})

const directory = temporaryDirectory()
const run = (command: string, database = migrated, more: Readonly<Record<string, string>> = {}) =>
  posad(command, { DATABASE_URL: database.url, POSAD_DATA: directory, ...more })

/** Runs a command that fails with an exit code, and returns the one line that it prints. */
const failure =
  (code: number) =>
  (...parameters: Parameters<typeof run>): string => {
    const { status, stdout, stderr } = run(...parameters)
    assert.deepEqual([status, stdout], [code, ''], stderr)
    assert.match(stderr, /^posad: [^\n]+\n$/)
    return stderr
  }
const refusal = failure(1)
const misuse = failure(2)

const appliedParts = async () =>
  (
    await sql<{ part: string }>`select distinct part from platform.migration order by part`.execute(migrated.db)
  ).rows.map(({ part }) => part)

for (const command of ['check', 'outbox status', 'outbox dead', 'seed', 'users invite admin']) {
  test(`posad ${command} applies no pending migration, and names the command that does (PLT-12)`, async () => {
    assert.match(refusal(command, empty), /^posad: \d+ migrations are pending: posad migrate up applies them\n$/)
    const { rows } = await empty.pool.query(`select to_regclass('platform.migration') as found`)
    assert.deepEqual(rows, [{ found: null }])
  })
}

test('posad migrate status lists the migrations of an empty database, and applies none (PLT-12)', async () => {
  const { status, stdout } = run('migrate status', empty)
  assert.equal(status, 0)
  assert.match(stdout, /pending +-/)
  assert.doesNotMatch(stdout, /undefined/)
  const { rows } = await empty.pool.query(`select to_regclass('platform.migration') as found`)
  assert.deepEqual(rows, [{ found: null }])
})

test('a start with MIGRATE_ON_START=false refuses pending migrations (PLT-12)', () => {
  const line = refusal('start', empty, { MIGRATE_ON_START: 'false', APP_PORT: '0' })
  assert.match(line, /\d+ migrations are pending: posad migrate up applies them/)
})

test('a command in a directory without a database makes none there (PLT-12)', () => {
  const parent = temporaryDirectory()
  const missing = join(parent, 'shop')
  for (const command of ['check', 'migrate status', 'users invite admin']) {
    const { status, stderr } = posad(command, { POSAD_DATA: missing })
    assert.equal(status, 1)
    assert.equal(stderr, `posad: There is no database in ${missing} yet: posad migrate up makes it\n`)
  }
  assert.deepEqual(readdirSync(parent), [])
})

test('a revert of migrations needs --yes, and says which tables would be lost (PLT-12)', async () => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::int as n from platform.migration where part = 'cart'
  `.execute(migrated.db)
  const line = refusal(`migrate down cart --steps ${rows[0]?.n}`)
  assert.match(line, /^posad: Reverting .*cart\/0001-[\w-]+ drops .*cart\.items, .*would be lost: add --yes/)
  assert.ok((await appliedParts()).includes('cart'))
})

test('a revert refuses an unknown part and more steps than are applied (PLT-12)', () => {
  assert.match(misuse('migrate down bogus --yes'), /There is no part bogus: choose one of platform\/.*, ordering/)
  assert.match(refusal('migrate down cart --steps 99 --yes'), /cart has \d+ applied migrations: --steps 99 is more/)
})

test('a revert is refused while a process handles events of the database (PLT-12)', async () => {
  const leader = await migrated.pool.connect()
  try {
    await leader.query(`select pg_advisory_lock(hashtextextended('platform:ordering', 0))`)
    assert.match(refusal('migrate down cart --yes'), /A process handles events for ordering: stop it first/)
  } finally {
    leader.release(true)
  }
  assert.ok((await appliedParts()).includes('cart'))
})

test('a revert is refused while a shop runs in the directory (PLT-12)', async () => {
  const inUse = temporaryDirectory()
  const environment = { POSAD_DATA: inUse }
  const migrations = posad('migrate up', environment)
  assert.equal(migrations.status, 0, migrations.stderr)
  assert.match(migrations.stdout, /Applied \d+ migrations\n/)
  const shop = await startEmbedded({ directory: inUse })
  const lock = await takeInstanceLock(inUse, { address: 'http://127.0.0.1:0' })
  assert.ok('release' in lock)
  lock.listensAt('http://127.0.0.1:8123')
  const { status, stderr } = posad('migrate down cart --yes', environment)
  assert.equal(status, 1)
  assert.match(stderr, new RegExp(`posad: Posad runs in ${inUse}: http://127.0.0.1:8123 .*: stop it first\n$`))
  const invited = posad('users invite admin', environment)
  assert.match(invited.stdout, /^http:\/\/127\.0\.0\.1:8123\/invitation#/)
  lock.release()
  await shop.stop()
  const reverted = posad('migrate down cart --yes', environment)
  assert.equal(reverted.status, 0, reverted.stderr)
  assert.match(reverted.stdout, /^Reverted cart\//)
  assert.match(posad('migrate up', environment).stdout, /Applied 1 migration\n/)
})

test('a command about messages names an unknown group and a malformed id (PLT-6)', () => {
  for (const command of ['outbox retry bogus', 'outbox dead --group bogus', 'outbox skip bogus 7 --reason none'])
    assert.match(misuse(command), /^posad: There is no group bogus: choose one of .*ordering/)
  for (const command of ['outbox retry ordering 7', 'outbox skip ordering 7 --reason none'])
    assert.match(misuse(command), /^posad: 7 is not the id of a message: posad outbox dead lists the ids/)
})

test('a taken port makes no data directory (PLT-13)', async () => {
  const otherProgram = createServer().listen(0, '127.0.0.1')
  await once(otherProgram, 'listening')
  const { port } = otherProgram.address() as AddressInfo
  const missing = join(temporaryDirectory(), 'shop')
  try {
    const { status, stderr } = posad('start', { POSAD_DATA: missing, APP_PORT: String(port) })
    assert.equal(status, 1)
    assert.match(stderr, /is taken by another program/)
  } finally {
    otherProgram.close()
  }
  assert.equal(existsSync(missing), false)
})

test('posad check exits with 1, and shows the rows, while stock is held for an order that does not exist (F-60, PLT-22)', async () => {
  assert.equal(run('check').status, 0)
  const { db } = migrated
  await sql`
    insert into catalog.holds (order_id, state, held_at, expires_at, items_hash, lines, total_amount, currency)
    values ('01900000-0000-7000-8000-000000000001', 'held', now() - interval '1 hour', now(), '', '[]', 0, 'RUB')
  `.execute(db)
  const { status, stdout } = run('check')
  assert.equal(status, 1)
  assert.match(
    stdout,
    /✖ shop\.hold-has-order +Every hold .* has its order\.\n +\{"order_id":"01900000-0000-7000-8000-/,
  )
  assert.match(stdout, /\n1 of \d+ invariants is broken\n$/)
  const report = JSON.parse(run('check --json').stdout) as { ok: boolean; checks: { violations: object[] }[] }
  assert.deepEqual([report.ok, report.checks.flatMap(({ violations }) => violations).length], [false, 1])
  await sql`delete from catalog.holds`.execute(db)
})

test('the help names an unknown command, and the roles of an invitation (PLT-21)', () => {
  assert.match(misuse('help bogus'), /^posad: There is no command bogus: posad --help lists the commands/)
  assert.match(misuse('help outbox bogus'), /There is no command outbox bogus: posad outbox --help/)
  assert.match(run('help migrate').stdout, /Usage: posad migrate/)
  assert.match(run('help').stdout, /Usage: posad/)
  assert.match(run('users invite --help').stdout, /role +admin, .*operator|role +.*operator.*admin/)
})

test('the last line of the demo agrees with its timeline (PLT-21)', () => {
  const { status, stdout, stderr } = posad('demo', { TMPDIR: temporaryDirectory() })
  assert.equal(status, 0, stderr)
  const [, elapsed] = /(\d+) ms +order-fulfilled/.exec(stdout) ?? []
  assert.ok(elapsed && stdout.includes(`From order to delivery: ${elapsed} ms`), stdout)
})
