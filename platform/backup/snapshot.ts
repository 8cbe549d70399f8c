import { createZstdCompress } from 'node:zlib'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { columnList, findPartitions, findSequences, findTables, quoted, type CopiedTable } from './catalog.ts'
import type { DatabaseManifest, TableManifest } from './manifest.ts'
import { openClient } from './open-client.ts'
import { writeFile } from './write-file.ts'

/** A database to back up. */
export type BackedUpDatabase = Readonly<{
  /** Names it in the backup. */
  name: string
  url: string
}>

/** One state of a database, which stays readable while others change the database. */
export type Snapshot = Readonly<{
  name: string
  tables: readonly CopiedTable[]
  /** Copies a table into a file of the backup. */
  copy: (table: CopiedTable, directory: string) => Promise<TableManifest>
  /** The facts beside the tables. */
  describe: () => Promise<Omit<DatabaseManifest, 'tables'>>
  close: () => Promise<void>
}>

/**
 * Takes a snapshot. Like pg_dump it locks every table against changes of its definition, so that a table that it saw is there
 * when its turn comes; reads and writes go on.
 */
export async function takeSnapshot({ name, url }: BackedUpDatabase): Promise<Snapshot> {
  const client = await openClient(url)
  try {
    await client.query('begin isolation level repeatable read read only')
    const schemas = await findSchemas(client)
    const tables = await findTables(client, schemas)
    const all = tables.map(({ schema, table }) => quoted(schema, table)).join(', ')
    await client.query(`lock table ${all} in access share mode`)
    const partitions = await findPartitions(client, schemas)
    return {
      name,
      tables,
      copy: async (table, directory) => await copy(client, table, { directory, name }),
      describe: async () => ({ name, partitions, ...(await describe(client, schemas)) }),
      close: async () => await client.end(),
    }
  } catch (error) {
    await client.end()
    throw error
  }
}

/** The schemas of the parts that have migrations here, and that of the jobs. */
async function findSchemas(client: Client): Promise<readonly string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `select distinct split_part(part, '/', 1) as schema from platform.migration union select 'graphile_worker' order by 1`,
  )
  return rows.map(({ schema }) => schema)
}

async function describe(client: Client, schemas: readonly string[]) {
  const { rows: migrations } = await client.query<DatabaseManifest['migrations'][number]>(
    'select part, number, name, checksum from platform.migration order by part, number',
  )
  const { rows: servers } = await client.query<{ server: string }>(`select current_setting('server_version') as server`)
  return { migrations, server: servers[0]?.server ?? '', sequences: await findSequences(client, schemas) }
}

async function copy(
  client: Client,
  { schema, table, columns }: CopiedTable,
  { directory, name }: Readonly<{ directory: string; name: string }>,
): Promise<TableManifest> {
  // A partitioned table can be copied as a query only.
  const selected = columns.length === 0 ? '' : columnList(columns).slice(1, -1)
  const rows = client.query(copyTo(`copy (select ${selected} from ${quoted(schema, table)}) to stdout`))
  const { path, bytes, sha256 } = await writeFile(directory, `${name}/${schema}.${table}.copy.zst`, [
    rows,
    createZstdCompress(),
  ])
  return { schema, table, columns: [...columns], file: path, rows: rows.rowCount, bytes, sha256 }
}
