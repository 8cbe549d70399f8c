import type { Kysely } from 'kysely'
import type { OrderingApi } from '../api.ts'
import { linesOf, shownColumns, type OrderingTables } from '../store.ts'

const maxOrders = 10_000

/** Lists the orders of a user with their lines, newest first. */
export const exportOrders =
  (db: Kysely<OrderingTables>): OrderingApi['exportOrders'] =>
  async (user_id) =>
    await db
      .selectFrom('ordering.orders')
      .select(shownColumns)
      .select((query) => linesOf(query.ref('ordering.orders.id')).as('lines'))
      .where('user_id', '=', user_id)
      .orderBy('created_at', 'desc')
      .limit(maxOrders)
      .execute()
