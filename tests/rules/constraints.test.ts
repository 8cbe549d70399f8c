import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { roles } from '#identity/schema'
import { testDatabase, type TestDatabase } from '#platform/testing'

const root = join(import.meta.dirname, '../..')

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

/** The lists of codes in the sources: `['a', 'b']` and `'a' | 'b'`, as sorted lines. */
function listsInSources(): ReadonlySet<string> {
  const text = globSync('{platform,modules}/**/*.ts', { cwd: root, exclude: ['**/*.test.ts'] })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  const arrays = [...text.matchAll(/\[\s*('[\w-]+'(?:,\s*'[\w-]+')*),?\s*\]/g)]
  const unions = [...text.matchAll(/'[\w-]+'(?:\s*\|\s*'[\w-]+')+/g)]
  const codes = (list: string) => [...list.matchAll(/'([\w-]+)'/g)].map(([, code = '']) => code)
  return new Set(
    [...arrays.map(([, list = '']) => list), ...unions.map(([list]) => list)].map((one) => lineOf(codes(one))),
  )
}

const lineOf = (codes: readonly string[]) => [...new Set(codes)].toSorted().join(' ')

/** Columns whose codes no type lists: the roles of staff are derived, and the platform writes its own codes in SQL only. */
const listedHere: Readonly<Record<string, readonly string[]>> = {
  'identity.invitations.role': roles.filter((role) => role !== 'customer'),
  'platform.parked.state': ['retry', 'behind', 'dead', 'skipped'],
  'platform.saga.status': ['running', 'completed', 'compensated', 'needs_operator'],
}

test('every list of codes in a CHECK constraint is a list in the code (F-71)', async () => {
  const { rows } = await sql<{ column: string; definition: string }>`
    select format('%s.%s.%s', n.nspname, t.relname, a.attname) as column,
      pg_get_constraintdef(c.oid) as definition
    from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
      join pg_attribute a on a.attrelid = c.conrelid and c.conkey = array[a.attnum]
    where c.contype = 'c' and c.conparentid = 0 and n.nspname !~ '^pg_|^graphile|^information_schema'
      and pg_get_constraintdef(c.oid) ~ '= ANY'
    order by 2
  `.execute(database.db)
  assert.ok(rows.length > 20, `${rows.length} constraints`)
  const lists = listsInSources()
  const unknown = rows.filter(({ column, definition }) => {
    const codes = lineOf([...definition.matchAll(/'([\w-]+)'::text/g)].map(([, code = '']) => code))
    return listedHere[column] ? lineOf(listedHere[column]) !== codes : !lists.has(codes)
  })
  assert.deepEqual(
    unknown.map(({ column, definition }) => `${column}: ${definition}`),
    [],
  )
})
