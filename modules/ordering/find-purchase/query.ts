import type { OrderingApi } from '../api.ts'
import type { OrderingDb } from '../store.ts'

/** Finds the newest order with which a user received a product. */
export const findPurchase =
  (db: OrderingDb): OrderingApi['purchaseOf'] =>
  async ({ user_id, product_id }) =>
    await db
      .selectFrom('ordering.orders as order')
      .select('order.id as order_id')
      .where('order.user_id', '=', user_id)
      .where('order.status', '=', 'fulfilled')
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('ordering.lines as line')
            .select('line.order_id')
            .whereRef('line.order_id', '=', 'order.id')
            .where('line.product_id', '=', product_id),
        ),
      )
      .orderBy('order.created_at', 'desc')
      .limit(1)
      .executeTakeFirst()
