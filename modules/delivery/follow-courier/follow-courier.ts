import type { Transaction } from 'kysely'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { ShipmentStatus } from '../schema.ts'
import { courierReportRejected } from '../events.ts'
import { statusChanged } from '../shipment-events.ts'
import { changeStatus, haveGoodsLeft } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus } from '../store/shipments.ts'
import type { DeliveryTables, Shipment } from '../store/tables.ts'

type CourierReport = Readonly<{
  shipment_id: string
  courier_id: string
  to: Extract<ShipmentStatus, 'out_for_delivery' | 'delivered' | 'failed' | 'returned'>
  reason?: string | undefined
}>
export type FollowCourier = (tx: Transaction<DeliveryTables>, report: CourierReport) => Promise<void>

/**
 * Gives a shipment the status that its courier reports. A report that comes too late changes nothing: staff have delivered
 * the parcel. When it means that the goods are elsewhere than the shop believes, it goes to staff.
 */
export const followCourier =
  ({ now }: Readonly<{ now: Clock }>): FollowCourier =>
  async (tx, { shipment_id, courier_id, to, reason }) => {
    const shipment = await lockShipment(tx, { id: shipment_id })
    if (!shipment || !isShipment(shipment)) return
    const at = now()
    // The courier has acted before the cancellation reached the parcel: his answer to it will be a refusal.
    const decision = changeStatus({ ...shipment, cancelling_at: null }, to, { now: at, reason })
    if (decision.kind !== 'changed') {
      const { order_id, status } = shipment
      if (decision.kind !== 'refused' || !isDiscrepancy(shipment, to)) return
      const reported = to === 'out_for_delivery' ? 'picked_up' : to
      await publish(tx, [courierReportRejected({ shipment_id, order_id, courier_id, reported, status })])
      return
    }
    await saveStatus(tx, shipment.id, { to: decision.to, now: at })
    await publish(tx, statusChanged(shipment, decision))
  }

/**
 * True when the goods are elsewhere than the shop believes. A parcel that failed before it left the shop has its goods on sale
 * again, so a pick-up of it counts as well.
 */
const isDiscrepancy = (shipment: Shipment, to: CourierReport['to']): boolean =>
  to === 'out_for_delivery'
    ? shipment.status === 'failed' && !haveGoodsLeft(shipment)
    : (to === 'delivered') !== (shipment.status === 'delivered')
