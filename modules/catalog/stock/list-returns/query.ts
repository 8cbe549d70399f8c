import { sql } from 'kysely'
import { type ItemPage, maxCounted, notFound, type NotFound, pageOf, type Window } from '#platform/outcome'
import type { CatalogDb } from '../../store/tables.ts'
import type { ReturnState, ReturnView } from '../return-schema.ts'
import { findReturn, findReturns, isInState } from '../store/returns.ts'

type Filter = Readonly<{ state?: ReturnState | undefined; window: Window }>
export type ListReturns = (filter: Filter) => Promise<ItemPage<ReturnView>>
export type ShowReturn = (order_id: string) => Promise<Readonly<{ kind: 'found'; return: ReturnView }> | NotFound>

/** The goods in return, newest first; keyset by (expected_at, order_id). */
export const listReturns =
  (db: CatalogDb): ListReturns =>
  async ({ state, window }) => {
    const { cursor, limit, offset } = window
    const isAfter = cursor
      ? sql`(returns.expected_at, returns.order_id) < (${cursor[0]}::timestamptz, ${cursor[1]}::uuid)`
      : sql`true`
    const [items, counted] = await Promise.all([
      findReturns(
        db,
        sql`${isInState(state)} and ${isAfter}
          order by returns.expected_at desc, returns.order_id desc limit ${limit + 1} offset ${offset}`,
      ),
      sql<{ total: number }>`
        select count(*)::int as total from (
          select from catalog.returns where ${isInState(state)} limit ${maxCounted + 1}) counted`.execute(db),
    ])
    const cursorOf = ({ expected_at, order_id }: ReturnView) => [expected_at, order_id]
    return pageOf({ items, counted: counted.rows[0]?.total ?? 0, window, cursorOf })
  }

export const showReturn =
  (db: CatalogDb): ShowReturn =>
  async (order_id) => {
    const found = await findReturn(db, order_id)
    return found ? { kind: 'found', return: found } : notFound('return')
  }
