import type { Kysely } from 'kysely'
import { notFound } from '#platform/outcome'
import type { OrderingApi } from '../api.ts'
import { isClosed } from '../order.ts'
import type { OrderingTables } from '../store.ts'

export type FindState = OrderingApi['stateOf']

/** Finds whether an order is open. */
export const findState =
  (db: Kysely<OrderingTables>): FindState =>
  async (order_id) => {
    const order = await db
      .selectFrom('ordering.orders')
      .select(['status', 'reason'])
      .where('id', '=', order_id)
      .executeTakeFirst()
    if (!order) return notFound('order')
    return { kind: isClosed(order) ? 'closed' : 'open' }
  }
