import { sql } from 'kysely'
import type { Db } from '#platform/db'

/**
 * The values that the CHECK constraint of a column admits: `checkedValues(db, 'ordering.orders', 'status')`. A test
 * compares them with the list in the module's schema. Throws when no constraint on this column alone lists values.
 */
export async function checkedValues(db: Db, table: string, column: string): Promise<Set<string>> {
  const { rows } = await sql<{ definition: string }>`
    select pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
    where c.contype = 'c' and c.conrelid = ${table}::regclass and a.attname = ${column}
  `.execute(db)
  const values = rows.flatMap(({ definition }) => [...definition.matchAll(/'((?:[^']|'')*)'::text/g)])
  if (values.length === 0) throw new Error(`No CHECK constraint lists the values of ${table}.${column}`)
  return new Set(values.map(([, value = '']) => value.replaceAll("''", "'")))
}
