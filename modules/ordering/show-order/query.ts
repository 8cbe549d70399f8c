import type { Kysely } from 'kysely'
import { notFound } from '#platform/http'
import type { Line } from '../order.ts'
import { linesOf, shownColumns, type ShownOrder } from '../order-rows.ts'
import type { Entry } from '../order-view.ts'
import type { OrderingTables } from '../tables.ts'

export type Shown = Readonly<{ order: ShownOrder; lines: readonly Line[]; timeline: readonly Entry[] }>

/** Shows an order to whom it belongs: without `user_id`, to staff. Throws 404. */
export type ShowOrder = (order_id: string, user_id?: string) => Promise<Shown>

export const showOrder =
  (db: Kysely<OrderingTables>): ShowOrder =>
  async (order_id, user_id) => {
    const [order, lines, timeline] = await Promise.all([
      db.selectFrom('ordering.orders').select(shownColumns).where('id', '=', order_id).executeTakeFirst(),
      linesOf(db, [order_id]),
      db
        .selectFrom('ordering.timeline')
        .select(['at', 'event', 'status', 'reason'])
        .where('order_id', '=', order_id)
        .orderBy('id')
        .execute(),
    ])
    if (!order || (user_id !== undefined && order.user_id !== user_id)) throw notFound('order')
    return { order, lines: lines.get(order_id) ?? [], timeline }
  }
