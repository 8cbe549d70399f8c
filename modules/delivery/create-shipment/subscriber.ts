import type { Kysely, Transaction } from 'kysely'
import { shipmentRequested } from '#ordering/events'
import { publish, subscribe, type PayloadOf, type Subscription } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import { shipmentFailed } from '../events.ts'
import { currentState } from '../shipment-events.ts'
import type { ShipmentRequest } from '../shipment.ts'
import type { DeliveryTables, Shipment } from '../store.ts'
import { prepareShipment, saveShipment, type Sandbox } from './save-shipment.ts'

type Needs = Readonly<{ db: Kysely<DeliveryTables>; now: Clock; carriers: readonly Carrier[]; sandbox: Sandbox }>
type Requested = Readonly<{ event_id: string; payload: PayloadOf<typeof shipmentRequested> }>

/** The shipment has the id of the event, so that a second run finds the shipment of the first. */
const requestOf = ({ event_id, payload: { number, ...facts } }: Requested): ShipmentRequest => ({
  ...facts,
  id: event_id,
  order_number: number,
})

/** Handles `shipment-requested`. */
export const createRequestedShipment = ({ now, sandbox, ...needs }: Needs): Subscription =>
  subscribe(shipmentRequested, {
    prepare: (event) => prepareShipment(needs, requestOf(event)),
    handle: async (tx: Transaction<DeliveryTables>, event, prepared) => {
      const request = requestOf(event)
      const outcome = await saveShipment(tx, request, { prepared, now: now(), sandbox })
      if (outcome.kind === 'refused') {
        if (outcome.reason === 'order-closed') return
        await publish(tx, [shipmentFailed({ order_id: request.order_id, reason: outcome.reason })])
      } else if (outcome.kind === 'exists' && outcome.shipment.id !== request.id) {
        await completeShipment(tx, request, outcome.shipment)
        await publish(tx, currentState(outcome.shipment))
      }
    },
  })

/** Adds the facts of the order to a shipment that staff created before the order requested one. */
async function completeShipment(
  tx: Transaction<DeliveryTables>,
  request: ShipmentRequest,
  { id }: Shipment,
): Promise<void> {
  const { order_number, user_id, recipient_name, recipient_phone } = request
  const { comment, weight_grams, cash_to_collect, currency } = request
  await tx
    .updateTable('delivery.shipments')
    .set({ order_number, user_id, recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency })
    .where('id', '=', id)
    .where('user_id', 'is', null)
    .execute()
}
