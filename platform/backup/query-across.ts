import { pipeline } from 'node:stream/promises'
import { escapeIdentifier, type Client } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { columnList, findTables, quoted, type CopiedTable } from './catalog.ts'
import { openClient } from './open-client.ts'

/** A table of another database. */
type ForeignTable = Readonly<{ url: string; schema: string; table: string }>

type Across = Readonly<{
  /** The address of the database that has the first tables of the query: it is read before the others. */
  home: string
  foreign: readonly ForeignTable[]
  query: string
}>

const types = `
  select attname::text as column, case when typnamespace = 'pg_catalog'::regnamespace then format_type(atttypid, atttypmod) else 'text' end as type
  from pg_attribute join pg_type t on t.oid = atttypid
  where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`

/**
 * Runs a query over tables of several databases. It copies those of the others into a transaction of the first database, which
 * is rolled back: no other session sees them, and nothing remains. The copies take time and disk: this is for an operator.
 */
export async function queryAcross<Row extends object>({ home, foreign, query }: Across): Promise<readonly Row[]> {
  const client = await openClient(home)
  try {
    await client.query('begin isolation level repeatable read')
    // The snapshot is taken now: a row that depends on another one is read before it.
    await client.query('select')
    for (const schema of new Set(foreign.map((one) => one.schema))) await makeRoom(client, schema)
    for (const [url, tables] of Map.groupBy(foreign, (one) => one.url)) await copyAll(client, url, tables)
    return (await client.query<Row>(query)).rows
  } finally {
    await client.query('rollback').catch(() => {})
    await client.end()
  }
}

/** A database that once had all modules may have old tables under the same names. */
async function makeRoom(client: Client, schema: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_namespace where nspname = $1', [schema])
  if (rowCount !== 0)
    await client.query(`alter schema ${escapeIdentifier(schema)} rename to ${escapeIdentifier(`own_${schema}`)}`)
  await client.query(`create schema ${escapeIdentifier(schema)}`)
}

async function copyAll(client: Client, url: string, tables: readonly ForeignTable[]): Promise<void> {
  const source = await openClient(url)
  try {
    await source.query('begin isolation level repeatable read read only')
    const found = await findTables(source, [...new Set(tables.map(({ schema }) => schema))])
    for (const one of found)
      if (tables.some(({ schema, table }) => schema === one.schema && table === one.table))
        await copyTable({ source, client }, one)
  } finally {
    await source.end()
  }
}

type Ends = Readonly<{ source: Client; client: Client }>

async function copyTable({ source, client }: Ends, { schema, table, columns }: CopiedTable): Promise<void> {
  const name = quoted(schema, table)
  const { rows } = await source.query<{ column: string; type: string }>(types, [name])
  const definition = rows.map(({ column, type }) => `${escapeIdentifier(column)} ${type}`).join(', ')
  await client.query(`create unlogged table ${name} (${definition})`)
  const list = columnList(columns)
  await pipeline(
    source.query(copyTo(`copy (select ${list.slice(1, -1)} from ${name}) to stdout`)),
    client.query(copyFrom(`copy ${name} ${list} from stdin`)),
  )
  await client.query(`analyze ${name}`)
}
