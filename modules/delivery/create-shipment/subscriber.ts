import type { Transaction } from 'kysely'
import { shipmentRequested } from '#ordering/events'
import { subscribe, publish, type Subscription, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import { shipmentCreated, shipmentDelivered, shipmentFailed } from '../events.ts'
import type { Owed } from '../shipment.ts'
import type { KeptShipment } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'
import { create, type Sandbox } from './create-shipment.ts'

type Needs = { now: Clock; sandbox: Sandbox }

/** An order owes a shipment. The shipment takes the event's id, so that a second hearing finds its own work. */
export const createDueShipment = ({ now, sandbox }: Needs): Subscription =>
  subscribe(shipmentRequested, async (tx: Transaction<DeliveryTables>, { event_id, payload }) => {
    const { number, ...due } = payload
    const owed: Owed = { ...due, id: event_id, order_number: number }
    const creating = await create(tx, owed, { now: now(), sandbox })
    if (creating.kind === 'refused') {
      if (creating.reason === 'not-due') return
      await publish(tx, [shipmentFailed({ order_id: owed.order_id, reason: creating.reason })])
    } else if (creating.kind === 'stands' && creating.shipment.id !== event_id) {
      await adopt(tx, owed, creating.shipment)
    }
  })

/** Staff were faster than the order: their shipment becomes the order's, and the order, which waits, is told how it stands. */
async function adopt(tx: Transaction<DeliveryTables>, owed: Owed, shipment: KeptShipment): Promise<void> {
  const { order_number, user_id, recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency } =
    owed
  await tx
    .updateTable('delivery.shipments')
    .set({ order_number, user_id, recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency })
    .where('id', '=', shipment.id)
    .where('user_id', 'is', null)
    .execute()
  await publish(tx, newsOfStanding(shipment))
}

function newsOfStanding({
  id: shipment_id,
  order_id,
  method,
  status,
  tracking_number,
  failed_because,
}: KeptShipment): NewEvent[] {
  if (status === 'cancelled') return []
  const created = shipmentCreated({ shipment_id, order_id, method, status, tracking_number })
  if (status === 'delivered') return [created, shipmentDelivered({ shipment_id, order_id })]
  return failed_because === null
    ? [created]
    : [created, shipmentFailed({ shipment_id, order_id, reason: failed_because })]
}
