import type { GridOrderView } from './schema.ts'
import type { OrderRow } from './store.ts'

const timeOf = (moment: Date | null): string | null => moment?.toISOString() ?? null

/** An order with its status, its courier and the reason of the choice. */
export const orderViewOf = (order: OrderRow) =>
  ({
    id: order.id,
    status: order.status,
    location: { x: order.location_x, y: order.location_y },
    address: order.address,
    volume: order.volume,
    weight_grams: order.weight_grams,
    window:
      order.window_from && order.window_to
        ? { from: order.window_from.toISOString(), to: order.window_to.toISOString() }
        : null,
    courier_id: order.courier_id,
    reason: order.reason,
    created_at: order.created_at.toISOString(),
    assigned_at: timeOf(order.assigned_at),
    completed_at: timeOf(order.completed_at),
  }) satisfies GridOrderView
