import type { Kysely } from 'kysely'
import { notFound } from '#platform/outcome'
import type { ShowOrder } from '../order-view.ts'
import { listLines, shownColumns, type OrderingTables } from '../store.ts'

export const showOrder =
  (db: Kysely<OrderingTables>): ShowOrder =>
  async (order_id, user_id) => {
    const [order, lines, timeline] = await Promise.all([
      db.selectFrom('ordering.orders').select(shownColumns).where('id', '=', order_id).executeTakeFirst(),
      listLines(db, [order_id]),
      db
        .selectFrom('ordering.timeline')
        .select(['at', 'event', 'status', 'reason', 'shipment_status'])
        .where('order_id', '=', order_id)
        .orderBy('number')
        .execute(),
    ])
    if (!order || (user_id !== undefined && order.user_id !== user_id)) return notFound('order')
    return { kind: 'found', order, lines: lines.get(order_id) ?? [], timeline }
  }
