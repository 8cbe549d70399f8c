import type { Client, Pool } from 'pg'
import { findParts, MigrationFailed, titleOf, type MigrationFile } from './migration-files.ts'
import { readApplied, runMigration, withMigrationLock, type AppliedMigration } from './migration-history.ts'

/** The last `steps` migrations of one part. */
type DownScope = Readonly<{ part: string; steps: number; root?: string }>

/** The migrations that would be reverted, newest first, and the tables and columns that this would drop. */
type DownPreview = Readonly<{ titles: readonly string[]; losses: readonly string[] }>

/** Reverts the last migrations of one part, newest first, and returns their titles. */
export async function migrateDown(pool: Pool, scope: DownScope): Promise<string[]> {
  return await withMigrationLock(pool, async (client) => {
    const files = await lastOf(client, scope)
    for (const file of files) {
      await runMigration(client, {
        title: titleOf(file),
        text: file.down,
        record: {
          text: 'delete from platform.migration where part = $1 and number = $2',
          values: [file.part, file.number],
        },
      })
    }
    return files.map(titleOf)
  })
}

/** Reverts the migrations in a transaction that is rolled back, and returns which tables and columns were gone in it. */
export async function previewDown(pool: Pool, scope: DownScope): Promise<DownPreview> {
  return await withMigrationLock(pool, async (client) => {
    const files = await lastOf(client, scope)
    const before = await readTables(client)
    await client.query(`begin; set local lock_timeout = '10s'`)
    try {
      for (const file of files) await client.query(file.down)
      const after = await readTables(client)
      const losses = [...before].flatMap(([table, columns]) => lossesOf(table, columns, after.get(table)))
      return { titles: files.map(titleOf), losses }
    } finally {
      await client.query('rollback')
    }
  })
}

/** Finds the last applied migrations of a part, newest first. Refuses an unknown part and more steps than it has. */
async function lastOf(client: Client, { part, steps, root }: DownScope): Promise<MigrationFile[]> {
  const parts = findParts(undefined, root)
  const applied = (await readApplied(client)).filter((row) => row.part === part)
  if (applied.length === 0 && !parts.some((known) => known.part === part)) {
    throw new MigrationFailed(`There is no part ${part}: choose one of ${parts.map((known) => known.part).join(', ')}`)
  }
  if (applied.length < steps)
    throw new MigrationFailed(`${part} has ${applied.length} applied migrations: --steps ${steps} is more than that`)
  const files = parts.flatMap((known) => known.files)
  return applied
    .toReversed()
    .slice(0, steps)
    .map((row) => fileOf(row, files))
}

function fileOf(row: AppliedMigration, files: readonly MigrationFile[]): MigrationFile {
  const file = files.find((candidate) => titleOf(candidate) === titleOf(row))
  if (file) return file
  throw new MigrationFailed(
    `${titleOf(row)} is not in this version of Posad: revert it with the version that applied it`,
  )
}

/** Every table with its columns; partitions count as part of their table. */
async function readTables(client: Client): Promise<Map<string, readonly string[]>> {
  const { rows } = await client.query<{ name: string; columns: string[] }>(`
    select format('%s.%s', n.nspname, c.relname) as name,
      array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and not c.relispartition
      and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
    order by 1`)
  return new Map(rows.map(({ name, columns }) => [name, columns]))
}

function lossesOf(table: string, before: readonly string[], after: readonly string[] | undefined): string[] {
  if (!after) return [table]
  return before.filter((column) => !after.includes(column)).map((column) => `${table}.${column}`)
}
