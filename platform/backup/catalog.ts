import { escapeIdentifier, type Client } from 'pg'
import type { DatabaseManifest } from './manifest.ts'

/** A table as a backup copies it: a partitioned one with all its partitions, without the columns that PostgreSQL computes. */
export type CopiedTable = Readonly<{ schema: string; table: string; columns: readonly string[]; size: number }>

/** Histories of migrations are compared instead of copied, and heartbeats belong to processes that run. */
const omitted = ['platform.migration', 'platform.job_runner', 'graphile_worker.migrations']

const tables = `
  select n.nspname as schema, c.relname as table,
    array(select attname::text from pg_attribute
      where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum) as columns,
    (select coalesce(sum(pg_table_size(relid)), 0)::float8 from pg_partition_tree(c.oid)) +
      case c.relkind when 'r' then pg_table_size(c.oid) else 0 end as size
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any($1)
    and n.nspname || '.' || c.relname <> all($2)
  order by 1, 2`

const partitions = `
  select n.nspname as schema, c.relname as table, p.relname as parent, pg_get_expr(c.relpartbound, c.oid) as bound
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_inherits i on i.inhrelid = c.oid join pg_class p on p.oid = i.inhparent
  where c.relispartition and n.nspname = any($1) and pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
  order by 1, 2`

const sequences = `
  select schemaname as schema, sequencename as sequence, last_value::float8 as last_value
  from pg_sequences where schemaname = any($1) and last_value is not null order by 1, 2`

/** The tables of some schemas. */
export async function findTables(client: Client, schemas: readonly string[]): Promise<readonly CopiedTable[]> {
  return (await client.query<CopiedTable>(tables, [schemas, omitted])).rows
}

/** The partitions of some schemas, except the default ones. */
export async function findPartitions(
  client: Client,
  schemas: readonly string[],
): Promise<DatabaseManifest['partitions']> {
  return (await client.query<DatabaseManifest['partitions'][number]>(partitions, [schemas])).rows
}

/** The sequences of some schemas that have been used. Read them after the tables: a sequence knows no snapshot. */
export async function findSequences(
  client: Client,
  schemas: readonly string[],
): Promise<DatabaseManifest['sequences']> {
  return (await client.query<DatabaseManifest['sequences'][number]>(sequences, [schemas])).rows
}

/** `"ordering"."orders"`. */
export const quoted = (schema: string, name: string): string => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`

/** `("id", "status")`. */
export const columnList = (columns: readonly string[]): string =>
  `(${columns.map((column) => escapeIdentifier(column)).join(', ')})`
