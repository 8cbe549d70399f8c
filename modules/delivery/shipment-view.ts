import type { CourierView, ShipmentView, StaffShipmentView } from './schema.ts'
import { nextStatusesForStaff } from './shipment.ts'
import type { Shipment } from './store/tables.ts'

/** A shipment for couriers and staff: they ask the customer for the pickup code. */
export function shipmentViewOf(shipment: Shipment) {
  const { pickup_code: _code, user_id: _user, code_attempts: _attempts, ...more } = shipment
  const { code_locked_until: _lock, cancelling_at: _cancelling, ...shown } = more
  return {
    ...shown,
    timeline: [...shipment.timeline],
    created_at: shipment.created_at.toISOString(),
    updated_at: shipment.updated_at.toISOString(),
    delivered_at: shipment.delivered_at?.toISOString() ?? null,
    cancelled_at: shipment.cancelled_at?.toISOString() ?? null,
  } satisfies ShipmentView
}

/** A shipment for the customer who ordered it. */
export const ownShipmentViewOf = ({ shipment, courier }: Readonly<{ shipment: Shipment; courier: CourierView }>) =>
  ({ ...shipmentViewOf(shipment), pickup_code: shipment.pickup_code, courier }) satisfies ShipmentView

export const staffShipmentViewOf = (shipment: Shipment) =>
  ({
    ...shipmentViewOf(shipment),
    allowed: [...nextStatusesForStaff(shipment)],
    code_locked_until: shipment.code_locked_until?.toISOString() ?? null,
  }) satisfies StaffShipmentView
