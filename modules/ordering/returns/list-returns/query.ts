import { sql } from 'kysely'
import { countRows, timeCursor } from '#platform/db'
import { notFound, pageOf, type ItemPage, type NotFound, type Window } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { opens, type OrderAccess } from '../../order-access.ts'
import type { OrderingDb } from '../../store.ts'
import { returnableItems, returnableUntil } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import type { ReturnItem, ReturnStatus } from '../schema.ts'
import { listReturnableLines, selectReturns } from '../store/returns.ts'

type Filter = Readonly<{ status?: ReturnStatus | undefined; order_id?: string | undefined; window: Window }>
export type ListReturns = (filter: Filter) => Promise<ItemPage<FoundReturn>>
export type ShowReturn = (id: string) => Promise<Readonly<{ kind: 'found'; return: FoundReturn }> | NotFound>

/** Lists the returns of buyers, newest first; keyset by (created_at, id). */
export const listReturns =
  (db: OrderingDb): ListReturns =>
  async ({ status, order_id, window }) => {
    const matching = db
      .selectFrom('ordering.returns')
      .$if(status !== undefined, (query) => query.where('status', '=', status!))
      .$if(order_id !== undefined, (query) => query.where('order_id', '=', order_id!))
    const [items, counted] = await Promise.all([
      selectReturns(db)
        .where('ordering.returns.id', 'in', matching.select('id'))
        .$if(window.cursor !== undefined, (query) => query.where(isAfter(window.cursor)))
        .orderBy('ordering.returns.created_at', 'desc')
        .orderBy('ordering.returns.id', 'desc')
        .offset(window.offset)
        .limit(window.limit + 1)
        .execute(),
      countRows(db, matching),
    ])
    return pageOf({ items, counted, window, cursorOf: timeCursor })
  }

const isAfter = (cursor: Window['cursor']) =>
  sql<boolean>`(ordering.returns.created_at, ordering.returns.id) < (${cursor?.[0]}::timestamptz, ${cursor?.[1]}::uuid)`

export const showReturn =
  (db: OrderingDb): ShowReturn =>
  async (id) => {
    const found = await selectReturns(db).where('ordering.returns.id', '=', id).executeTakeFirst()
    return found ? { kind: 'found', return: found } : notFound('return')
  }

type OwnReturns = Readonly<{
  kind: 'found'
  returns: ItemPage<FoundReturn>
  returnable: readonly ReturnItem[]
  return_until: Date | null
}>
type Own = Readonly<{ order_id: string; access: OrderAccess; window: Window }>
export type ListOwnReturns = (own: Own) => Promise<OwnReturns | NotFound>

type Needs = Readonly<{ db: OrderingDb; now: Clock; returnWindowDays: number }>

/** Lists a page of the returns of an order that the access opens, newest first, and the pieces that may still come back. */
export const listOwnReturns = ({ db, now, returnWindowDays }: Needs): ListOwnReturns => {
  const list = listReturns(db)
  return async ({ order_id, access, window }) => {
    const order = await db
      .selectFrom('ordering.orders')
      .select(['user_id', 'link_version', 'status', 'fulfilled_at'])
      .where('id', '=', order_id)
      .executeTakeFirst()
    if (!order || !opens(access, order)) return notFound('order')
    const return_until = returnableUntil(order, returnWindowDays)
    const [returns, lines] = await Promise.all([
      list({ order_id, window }),
      listReturnableLines(db, order_id, return_until),
    ])
    if (return_until === null) return { kind: 'found', returns, returnable: [], return_until }
    const left = returnableItems(lines, { isOver: now() >= return_until })
    const items = [...left].map(([variant_id, quantity]) => ({ variant_id, quantity }))
    return { kind: 'found', returns, returnable: items.filter(({ quantity }) => quantity > 0), return_until }
  }
}
