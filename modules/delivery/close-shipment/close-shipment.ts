import type { Transaction } from 'kysely'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import { statusChanged } from '../shipment-events.ts'
import { deliver } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus } from '../store/shipments.ts'
import type { DeliveryTables } from '../store/tables.ts'

export type CloseShipment = (tx: Transaction<DeliveryTables>, order_id: string) => Promise<void>

/**
 * Delivers the shipment of an order that staff fulfilled by hand. Most orders are fulfilled because their shipment was
 * delivered: then nothing changes and no event is published, so the two modules do not trigger each other forever.
 */
export const closeShipment =
  ({ now }: Readonly<{ now: Clock }>): CloseShipment =>
  async (tx, order_id) => {
    const shipment = await lockShipment(tx, { order_id })
    if (!shipment || !isShipment(shipment)) return
    const at = now()
    const decision = deliver(shipment, { by: 'staff' }, at)
    if (decision.kind !== 'changed') return
    await saveStatus(tx, shipment.id, { to: decision.to, now: at })
    await publish(tx, statusChanged(shipment, decision))
  }
