import { Client, type Pool } from 'pg'
import { CommitRefused } from './dialect.ts'
import { MigrationFailed } from './migration-files.ts'

/** A row of the migration history. */
export type AppliedMigration = Readonly<{
  part: string
  number: number
  name: string
  checksum: string
  applied_at: Date
}>

/** Runs `work` under a lock of the whole database, on a connection without the pool's timeouts. The lock ends with it. */
export async function withMigrationLock<Result>(
  pool: Pool,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({
    connectionString: pool.options.connectionString,
    application_name: 'posad migrate',
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    options:
      '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c transaction_timeout=0',
  })
  client.on('error', () => {}) // the running statement rejects with this error
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext('platform.migration'))`)
    await client.query(history)
    return await work(client)
  } finally {
    await client.end()
  }
}

/**
 * True for a database of a version before 0.1.0, which stored its history in another schema. No migration leads from its
 * tables to those of this version.
 */
export async function isOfOldVersion(pool: Pool): Promise<boolean> {
  const { rows } = await pool.query<{ found: boolean }>(`select to_regclass('posad.migration') is not null as found`)
  return rows[0]?.found ?? false
}

const history = `
  create schema if not exists platform;
  create table if not exists platform.migration (
    part       text not null,
    number     int not null,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default now(),
    primary key (part, number)
  )`

/** The applied migrations in the order of part and number. */
export async function readApplied(client: Pool | Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>('select * from platform.migration order by part, number')
  return rows
}

/** `record` changes the history in the transaction of the migration. */
type Step = Readonly<{ title: string; text: string; record: { text: string; values: unknown[] } }>

/** Runs one file and records it in one transaction. Waits for a table lock for 10 s at most, so that requests go on. */
export async function runMigration(client: Client, { title, text, record }: Step): Promise<void> {
  try {
    await client.query(`begin; set local lock_timeout = '10s'`)
    await client.query(text)
    await client.query(record)
    if ((await client.query('commit')).command !== 'COMMIT') throw new CommitRefused()
  } catch (error) {
    await client.query('rollback').catch(() => {})
    const { message, position } = error as { message: string; position?: string }
    const line = position ? `, line ${text.slice(0, Number(position)).split('\n').length}` : ''
    throw new MigrationFailed(`${title}: ${message}${line}`, { cause: error })
  }
}
