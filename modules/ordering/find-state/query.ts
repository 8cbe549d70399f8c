import type { Kysely } from 'kysely'
import type { OrderingApi } from '../api.ts'
import { isClosed } from '../order.ts'
import type { OrderingTables } from '../store.ts'

export const findState =
  (db: Kysely<OrderingTables>): OrderingApi['stateOf'] =>
  async (order_id) => {
    const order = await db
      .selectFrom('ordering.orders')
      .select(['status', 'reason'])
      .where('id', '=', order_id)
      .executeTakeFirst()
    if (!order) return 'not-found'
    return isClosed(order) ? 'closed' : 'open'
  }
