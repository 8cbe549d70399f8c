import type { Transaction } from 'kysely'
import { orderFulfilled } from '#ordering/events'
import { subscribe, publish, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import { deliver } from '../shipment.ts'
import { isShipment, keepMove, lockShipment, newsOfMove } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'

/**
 * An order that staff closed by hand has been delivered. Mostly the order is fulfilled because the shipment was
 * delivered; then nothing happens here, which is also why telling it does not go round in a circle.
 */
export const closeShipment = (now: Clock): Subscription =>
  subscribe(orderFulfilled, async (tx: Transaction<DeliveryTables>, { payload: { order_id } }) => {
    const shipment = await lockShipment(tx, { order_id })
    if (!shipment || !isShipment(shipment)) return
    const at = now()
    const delivering = deliver(shipment, { by: 'staff' }, at)
    if (delivering.kind !== 'moved') return
    await keepMove(tx, shipment.id, { ...delivering, now: at })
    await publish(tx, newsOfMove(shipment, delivering.from, delivering))
  })
