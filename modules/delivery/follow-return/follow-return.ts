import type { Transaction } from 'kysely'
import type { returnReceived } from '#catalog/events'
import { publish, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import { statusChanged } from '../shipment-events.ts'
import { changeStatus } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus } from '../store/shipments.ts'
import type { DeliveryTables } from '../store/tables.ts'

type Received = PayloadOf<typeof returnReceived>
export type FollowReturn = (tx: Transaction<DeliveryTables>, received: Received) => Promise<void>

/** Gives a failed shipment the status `returned` when staff have its goods. A parcel of which every piece is lost stays failed. */
export const followReturn =
  ({ now }: Readonly<{ now: Clock }>): FollowReturn =>
  async (tx, { order_id, items }) => {
    if (items.every(({ sellable, damaged }) => sellable + damaged === 0)) return
    const shipment = await lockShipment(tx, { order_id })
    if (!shipment || !isShipment(shipment) || shipment.status !== 'failed') return
    const at = now()
    const decision = changeStatus(shipment, 'returned', { now: at })
    if (decision.kind !== 'changed') return
    await saveStatus(tx, shipment.id, { to: decision.to, now: at })
    await publish(tx, statusChanged(shipment, decision))
  }
