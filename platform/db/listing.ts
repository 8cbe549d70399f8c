import { sql, type SelectQueryBuilder } from 'kysely'
import { maxCounted, type Window } from '#platform/outcome'
import type { Db } from './pool.ts'

// oxlint-disable-next-line no-explicit-any -- a query over any tables
type AnyQuery = SelectQueryBuilder<any, any, object>

/** The number of rows of a query, for `counted` of `pageOf`. An exact count of a long list costs a scan. */
export async function countRows(db: Db, matching: AnyQuery): Promise<number> {
  const counted = matching.select(sql`1`.as('one')).limit(maxCounted + 1)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from (${counted}) as counted`.execute(db)
  return rows[0]?.count ?? 0
}

type Order = Readonly<{
  /** The column of the time. */
  by?: string
  oldestFirst?: boolean
}>

/**
 * The rows of a window and one more, newest first: by the time and the id, from which `timeCursor` makes the cursor. Pass
 * it to `$call`.
 */
export const byTime =
  ({ cursor, offset, limit }: Window, { by = 'created_at', oldestFirst = false }: Order = {}) =>
  <Tables, Table extends keyof Tables, Row>(query: SelectQueryBuilder<Tables, Table, Row>) => {
    const after = sql<boolean>`(${sql.ref(by)}, id) ${sql.raw(oldestFirst ? '>' : '<')}
      (${cursor?.[0]}::timestamptz, ${cursor?.[1]}::uuid)`
    const direction = oldestFirst ? 'asc' : 'desc'
    return query
      .$if(cursor !== undefined, (rows) => rows.where(after))
      .orderBy(sql.ref(by), direction)
      .orderBy(sql.ref('id'), direction)
      .offset(offset)
      .limit(limit + 1)
  }

/** The cursor of a list by `created_at` and id. */
export const timeCursor = ({ created_at, id }: Readonly<{ created_at: Date; id: string }>) => [
  created_at.toISOString(),
  id,
]
