import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import { escapeLiteral, type Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { restoreMark } from '#platform/db'
import { BackupRefused } from './backup-refused.ts'
import { columnList, findTables, quoted } from './catalog.ts'
import type { DatabaseManifest, TableManifest } from './manifest.ts'
import { openClient } from './open-client.ts'
import type { Progress } from './progress.ts'

type RestoreInput = Readonly<{
  url: string
  directory: string
  /** The id of the backup. */
  id: string
  database: DatabaseManifest
  /** Brings the schemas to the migrations of the backup. */
  migrate: () => Promise<void>
  /** Statements that end the restore, in its transaction. */
  afterwards: readonly string[]
  onProgress: (progress: Progress) => void
}>

/**
 * Restores one database of a backup into an empty one, in one transaction. A repetition after a crash begins again, and changes
 * nothing in a database that has this backup. Throws `BackupRefused` for a database with other data.
 */
export async function restoreDatabase(restoring: RestoreInput): Promise<'restored' | 'was-restored'> {
  const { url, id, database, migrate } = restoring
  const client = await openClient(url)
  try {
    const comment = await commentOf(client)
    if (comment === restoreMark.restored(id)) return 'was-restored'
    if (comment !== undefined && comment !== restoreMark.unfinished(id))
      throw new BackupRefused(`The database for ${database.name} is not empty: name an empty one`)
    await client.query('create schema if not exists platform')
    await client.query(`comment on schema platform is ${escapeLiteral(restoreMark.unfinished(id))}`)
    await migrate()
    await client.query('begin')
    await load(client, restoring)
    await client.query(`comment on schema platform is ${escapeLiteral(restoreMark.restored(id))}`)
    await client.query('commit')
    return 'restored'
  } finally {
    await client.end()
  }
}

/** The comment on the schema `platform`: empty when it has none, undefined when there is no such schema. */
async function commentOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = 'platform'`,
  )
  return rows[0] ? (rows[0].comment ?? '') : undefined
}

async function load(client: Client, { directory, database, afterwards, onProgress }: RestoreInput): Promise<void> {
  const { name, tables, partitions, sequences } = database
  const schemas = [...new Set(tables.map(({ schema }) => schema))]
  await refuseOtherTables(client, { tables, schemas })
  for (const { schema, table, parent, bound } of partitions)
    await client.query(
      `create table if not exists ${quoted(schema, table)} partition of ${quoted(schema, parent)} ${bound}`,
    )
  const all = tables.map(({ schema, table }) => quoted(schema, table))
  const foreignKeys = await dropForeignKeys(client, schemas)
  const triggers = await disableTriggers(client, schemas)
  // Migrations have inserted rows of their own, which the backup has too.
  await client.query(`truncate ${all.join(', ')}`)
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0)
  let done = 0
  for (const table of tables) {
    const rows = await loadTable(client, directory, table)
    if (rows !== table.rows) throw new BackupRefused(`${table.file} has ${rows} rows instead of ${table.rows}`)
    done += table.bytes
    onProgress({ database: name, table: `${table.schema}.${table.table}`, rows, share: done / Math.max(total, 1) })
  }
  for (const table of triggers) await client.query(`alter table ${table} enable trigger user`)
  for (const { table, constraint, definition } of foreignKeys)
    await client.query(`alter table ${table} add constraint ${constraint} ${definition}`)
  for (const { schema, sequence, last_value } of sequences)
    await client.query('select setval($1::regclass, $2)', [quoted(schema, sequence), last_value])
  for (const statement of afterwards) await client.query(statement)
  await client.query('analyze')
}

/** The same migrations make the same tables. Libraries with tables of their own may have changed theirs. */
async function refuseOtherTables(
  client: Client,
  { tables, schemas }: Readonly<{ tables: readonly TableManifest[]; schemas: readonly string[] }>,
): Promise<void> {
  const described = (found: readonly Readonly<{ schema: string; table: string; columns: readonly string[] }>[]) =>
    new Set(found.map(({ schema, table, columns }) => `${schema}.${table} ${columnList(columns.toSorted())}`))
  const [here, there] = [described(await findTables(client, schemas)), described(tables)]
  const [different] = here.symmetricDifference(there)
  if (different !== undefined)
    throw new BackupRefused(
      `The table ${different} is not the same in the backup: restore it with the version that wrote it`,
    )
}

type ForeignKey = Readonly<{ table: string; constraint: string; definition: string }>

/** Tables refer to each other, in circles too. The keys are checked when they are added again. */
async function dropForeignKeys(client: Client, schemas: readonly string[]): Promise<readonly ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select conrelid::regclass::text as table, quote_ident(conname) as constraint, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and conparentid = 0 and connamespace::regnamespace::text = any($1) order by 1, 2`,
    [schemas],
  )
  for (const { table, constraint } of rows) await client.query(`alter table ${table} drop constraint ${constraint}`)
  return rows
}

/** The rows are complete: a trigger would count and copy a second time. Views have no rows of their own. */
async function disableTriggers(client: Client, schemas: readonly string[]): Promise<readonly string[]> {
  const { rows } = await client.query<{ table: string }>(
    `select distinct tgrelid::regclass::text as table from pg_trigger t join pg_class c on c.oid = t.tgrelid
     where not tgisinternal and tgparentid = 0 and relkind in ('r', 'p') and relnamespace::regnamespace::text = any($1)`,
    [schemas],
  )
  for (const { table } of rows) await client.query(`alter table ${table} disable trigger user`)
  return rows.map(({ table }) => table)
}

async function loadTable(client: Client, directory: string, { schema, table, columns, file }: TableManifest) {
  if (columns.length === 0) return 0
  const target = client.query(copyFrom(`copy ${quoted(schema, table)} ${columnList(columns)} from stdin`))
  await pipeline(createReadStream(join(directory, file)), createZstdDecompress(), target)
  return target.rowCount
}
