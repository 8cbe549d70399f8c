import type { Kysely } from 'kysely'
import { notFound } from '#platform/http'
import { linesOf, shownColumns } from '../order-rows.ts'
import type { ShowOrder } from '../order-view.ts'
import type { OrderingTables } from '../tables.ts'

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
