import type { Kysely } from 'kysely'
import type { OrderingApi } from '../api.ts'
import { isOver } from '../order.ts'
import type { OrderingTables } from '../tables.ts'

export const findState =
  (db: Kysely<OrderingTables>): OrderingApi['stateOf'] =>
  async (order_id) => {
    const order = await db
      .selectFrom('ordering.orders')
      .select(['status', 'cancel_reason'])
      .where('id', '=', order_id)
      .executeTakeFirst()
    if (!order) return 'not-found'
    return isOver(order.status) || order.cancel_reason !== null ? 'closed' : 'open'
  }
