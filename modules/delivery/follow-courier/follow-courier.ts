import type { Transaction } from 'kysely'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { ShipmentStatus } from '../schema.ts'
import { courierReportRejected } from '../events.ts'
import { statusChanged } from '../shipment-events.ts'
import { changeStatus } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus, type DeliveryTables } from '../store.ts'

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
      if (decision.kind === 'refused' && to !== 'out_for_delivery' && (to === 'delivered') !== (status === 'delivered'))
        await publish(tx, [courierReportRejected({ shipment_id, order_id, courier_id, reported: to, status })])
      return
    }
    await saveStatus(tx, shipment.id, { to: decision.to, now: at })
    await publish(tx, statusChanged(shipment, decision))
  }
