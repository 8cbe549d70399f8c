import type { DiscrepancyView } from './discrepancy-schema.ts'
import type { Discrepancy } from './store.ts'

/** A discrepancy as staff see it. */
export const discrepancyViewOf = (row: Discrepancy) =>
  ({
    id: row.id,
    parcel_id: row.parcel_id,
    order_id: row.order_id,
    order_number: row.order_number,
    courier_id: row.courier_id,
    courier_name: row.courier_name,
    reported: row.reported,
    recorded: row.recorded,
    cash_collected: row.cash_collected,
    is_right_pin: row.is_right_pin,
    happened_at: row.happened_at.toISOString(),
    created_at: row.created_at.toISOString(),
    resolved_at: row.resolved_at?.toISOString() ?? null,
    resolved_by: row.resolved_by,
    resolution: row.resolution,
  }) satisfies DiscrepancyView
