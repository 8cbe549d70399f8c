import type { Kysely } from 'kysely'
import type { OrderingApi } from '../api.ts'
import { returnsOf } from '../returns/store/returns.ts'
import { linesOf, shownColumns, type OrderingTables } from '../store.ts'

const maxOrders = 10_000

/** Lists the orders of a user with their lines and returns, newest first. */
export const exportOrders =
  (db: Kysely<OrderingTables>): OrderingApi['exportOrders'] =>
  async (user_id) =>
    await db
      .selectFrom('ordering.orders')
      .select(shownColumns)
      .select((query) => {
        const id = query.ref('ordering.orders.id')
        return [linesOf(id).as('lines'), returnsOf(id).as('returns')]
      })
      .where('user_id', '=', user_id)
      .orderBy('created_at', 'desc')
      .limit(maxOrders)
      .execute()
