import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { migrateUp, unfinishedRestore, type Db } from '#platform/db'
import { pauseIngest, restoreStatements } from '#platform/events'
import { installJobs, restoredJobs } from '#platform/jobs'
import { eventually, testDatabase, type TestDatabase } from '#platform/testing'
import { BackupRefused, readManifest, restoreDatabase, verifyFiles, writeBackup, type Manifest } from './index.ts'

let shop: TestDatabase
let payments: TestDatabase
let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'posad-backup-'))
  shop = await testDatabase({ parts: [] })
  payments = await testDatabase({ parts: [] })
  for (const { pool } of [shop, payments]) await installJobs(pool)
})
after(async () => {
  await shop.close()
  await payments.close()
  await rm(root, { recursive: true, force: true })
})

const newDirectory = () => join(root, randomUUID())
type ListFiles = Parameters<typeof writeBackup>[0]['listFiles']
const backUp = (directory: string, databases = [shop], listFiles: ListFiles = async () => new Map()) =>
  writeBackup({
    databases: databases.map(({ url }) => ({ name: url === shop.url ? 'shop' : 'payments', url })),
    pause: pauseIngest,
    listFiles,
    directory,
    version: '1.2.3',
    onProgress: () => {},
  })

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase({ parts: [], size: 2 })
  for (const schema of ['platform', 'graphile_worker'])
    await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(database.db)
  return database
}

type Restoring = Readonly<{ directory: string; manifest: Manifest; migrate?: () => Promise<void> }>

const restoreInto = async ({ url, pool }: TestDatabase, { directory, manifest, migrate }: Restoring) =>
  await restoreDatabase({
    url,
    directory,
    id: manifest.id,
    database: manifest.databases[0] ?? assert.fail('the backup has no database'),
    migrate:
      migrate ??
      (async () => {
        await migrateUp(pool, { parts: [] })
        await installJobs(pool)
      }),
    afterwards: [...restoreStatements, ...restoredJobs],
    onProgress: () => {},
  })

const isRefused = (message: RegExp) => (error: unknown) => error instanceof BackupRefused && message.test(error.message)

const text = 'a tab\t, a line\nand \\ \\N, a "quote", Чай 🍵'

/** Publishes an event of `days` ago and returns its id. */
async function publishEvent({ db }: TestDatabase, days = 0): Promise<string> {
  const event_id = randomUUID()
  await sql`
    insert into platform.event (event_id, type, source, subject, partition_key, correlation_id, data, day)
    values (${event_id}, 'shop.tea-sold.v1', 'shop', 'k', 'k', ${event_id}, ${JSON.stringify({ text })},
      (now() at time zone 'utc')::date - ${days}::int)
  `.execute(db)
  return event_id
}

const eventsOf = async (db: Db) =>
  (
    await sql<object>`
      select id, day::text, event_id, data, tableoid::regclass::text as partition from platform.event order by id
    `.execute(db)
  ).rows

test('a backup restores every row, the partitions and the next ids into an empty database (PLT-23)', async () => {
  await sql`select platform.make_partition('event', 'day', d, quote_literal(d), quote_literal(d + 1))
    from (select (now() at time zone 'utc')::date - 2 as d) days`.execute(shop.db)
  await publishEvent(shop, 2)
  await publishEvent(shop)
  await sql`
    insert into platform.consumer (consumer_group, snapshot) values ('brew', '4000000000:4000000000:')`.execute(shop.db)
  await sql`select graphile_worker.add_job('brew', '{"cups": 2}')`.execute(shop.db)
  await sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'a dead runner'`.execute(shop.db)
  const directory = newDirectory()
  const manifest = await backUp(directory)
  assert.deepEqual(await readManifest(directory), manifest)
  await verifyFiles(directory, manifest)

  const target = await emptyDatabase()
  assert.equal(await restoreInto(target, { directory, manifest }), 'restored')
  assert.deepEqual(await eventsOf(target.db), await eventsOf(shop.db))
  const { rows } = await sql<object>`
    select (select count(*)::int from platform.event where pg_visible_in_snapshot(tx, snapshot)) as read_before,
      (select count(*)::int from graphile_worker.jobs where locked_at is null) as waiting_jobs
    from platform.consumer where consumer_group = 'brew'`.execute(target.db)
  assert.deepEqual(rows, [{ read_before: 0, waiting_jobs: 1 }], 'the group reads the log again, and the job runs')
  await publishEvent(target)
  assert.equal((await eventsOf(target.db)).length, (await eventsOf(shop.db)).length + 1)
  assert.equal(await restoreInto(target, { directory, manifest }), 'was-restored')
  await target.close()
})

test('a restored log is read from its start, whatever else the server does meanwhile (R6, PLT-23)', async () => {
  const { pool, db } = payments
  await sql`insert into platform.consumer (consumer_group) values ('pour')`.execute(db)
  await publishEvent(payments)
  const restore = await pool.connect()
  await restore.query('begin; select pg_current_xact_id()')
  await publishEvent(payments)
  for (const statement of restoreStatements) await restore.query(statement)
  await restore.query('commit')
  restore.release()
  const { rows } = await sql`
    select from platform.event e, platform.consumer c where pg_visible_in_snapshot(e.tx, c.snapshot)`.execute(db)
  assert.equal(rows.length, 0)
})

test('a restore refuses a database with data, and the program one whose restore did not end (PLT-23)', async () => {
  const directory = newDirectory()
  const manifest = await backUp(directory)
  await assert.rejects(restoreInto(payments, { directory, manifest }), isRefused(/not empty/))

  const target = await emptyDatabase()
  const migrate = async () => {
    throw new Error('the process was killed')
  }
  await assert.rejects(restoreInto(target, { directory, manifest, migrate }), /killed/)
  assert.equal((await target.pool.query(unfinishedRestore)).rowCount, 1)
  assert.equal(await restoreInto(target, { directory, manifest }), 'restored')
  assert.equal((await target.pool.query(unfinishedRestore)).rowCount, 0)
  await target.close()
})

test('a failed restore leaves no rows (PLT-23)', async () => {
  await publishEvent(shop)
  const directory = newDirectory()
  const manifest = await backUp(directory)
  const [database] = manifest.databases
  const wrong = {
    ...manifest,
    databases: [{ ...database, tables: database?.tables.map((one) => ({ ...one, rows: one.rows + 1 })) }],
  }
  const target = await emptyDatabase()
  await assert.rejects(restoreInto(target, { directory, manifest: wrong as Manifest }), isRefused(/instead of/))
  assert.deepEqual(await eventsOf(target.db), [])
  await target.close()
})

test('a damaged, an incomplete and a newer backup are refused by name (PLT-23)', async () => {
  const directory = newDirectory()
  const manifest = await backUp(directory)
  const file = manifest.databases[0]?.tables[0]?.file ?? ''
  await appendFile(join(directory, file), 'x')
  await assert.rejects(verifyFiles(directory, manifest), isRefused(new RegExp(file)))
  await rm(join(directory, file))
  await assert.rejects(verifyFiles(directory, manifest), isRefused(/lacks/))
  await writeFile(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, format: 2, version: '9.0.0' }))
  await assert.rejects(readManifest(directory), isRefused(/9\.0\.0/))
  await rm(join(directory, 'manifest.json'))
  await assert.rejects(readManifest(directory), isRefused(/no complete backup/))
  await assert.rejects(backUp(directory), isRefused(/not empty/))
})

/** The lines that a backup has of a table. */
async function copied(directory: string, name: string, table: string): Promise<string> {
  return zstdDecompressSync(await readFile(join(directory, name, `${table}.copy.zst`))).toString('utf8')
}

const waitingFor = async (db: Db, statement: string) =>
  await eventually(async () => {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query ilike ${`%${statement}%`} and pid <> pg_backend_pid()
    `.execute(db)
    assert.equal(rows.length, 1, `no ${statement} waits`)
  })

test('no database of a backup has an event whose publication is missing in another one (PLT-23)', async () => {
  const directory = newDirectory()
  // The backup waits between the two snapshots, because a migration holds a table of the first database.
  const migration = await shop.pool.connect()
  await migration.query('begin; lock table platform.parked in access exclusive mode')
  const backup = backUp(directory, [shop, payments])
  await waitingFor(shop.db, 'pg_table_size')
  const event_id = await publishEvent(shop)
  const ingest = sql`insert into platform.ingested (event_id, publication) values (${event_id}, 1)`.execute(payments.db)
  await Promise.race([ingest, waitingFor(payments.db, 'insert into platform.ingested')])
  await migration.query('rollback')
  migration.release()
  await backup
  await ingest
  assert.doesNotMatch(await copied(directory, 'shop', 'platform.event'), new RegExp(event_id))
  assert.doesNotMatch(await copied(directory, 'payments', 'platform.ingested'), new RegExp(event_id))
})

test('a backup into a place that has no directories is refused, and the command ends (PLT-23)', async () => {
  await assert.rejects(backUp('/proc/backup', [shop]), { code: 'ENOENT' })
})

test('a backup that fails leaves nothing, names its place, and works when it is repeated (PLT-21, PLT-23)', async () => {
  const full = async () => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
  }
  const [fresh, made] = [newDirectory(), newDirectory()]
  await mkdir(made)
  for (const directory of [fresh, made])
    await assert.rejects(backUp(directory, [shop], full), { code: 'ENOSPC', path: directory })
  await assert.rejects(readdir(fresh), { code: 'ENOENT' })
  assert.deepEqual(await readdir(made), [])
  for (const directory of [fresh, made]) await verifyFiles(directory, await backUp(directory))
})

test('of two backups into one directory the second is refused, and spoils nothing of the first (PLT-23)', async () => {
  const directory = newDirectory()
  const first = await backUp(directory, [shop], async () => {
    await assert.rejects(backUp(directory), isRefused(/has an unfinished backup: wait for its end, or delete/))
    return new Map()
  })
  await verifyFiles(directory, first)
  await assert.rejects(backUp(directory), isRefused(/is not empty: name a new directory/))
  assert.equal((await readManifest(directory)).id, first.id)
})

test('a backup onto a disk that is not mounted is refused (PLT-21, PLT-23)', async () => {
  const place = join(root, 'not-mounted')
  await assert.rejects(backUp(join(place, 'backup')), isRefused(/There is no directory .*not-mounted: mount its disk/))
  await assert.rejects(readdir(place), { code: 'ENOENT' })
})
