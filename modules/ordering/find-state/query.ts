import { notFound } from '#platform/outcome'
import type { OrderingApi } from '../api.ts'
import { shipmentOf } from '../order-events.ts'
import { isClosed, isShippable } from '../order.ts'
import type { OrderingDb } from '../store.ts'

export type FindState = OrderingApi['stateOf']

/** Finds whether an order may have a shipment, and the shipment that it requests. */
export const findState =
  (db: OrderingDb): FindState =>
  async (order_id) => {
    const order = await db.selectFrom('ordering.orders').selectAll().where('id', '=', order_id).executeTakeFirst()
    if (!order) return notFound('order')
    if (isClosed(order)) return { kind: 'closed' }
    return isShippable(order) ? { kind: 'shippable', shipment: shipmentOf(order) } : { kind: 'unpaid' }
  }
