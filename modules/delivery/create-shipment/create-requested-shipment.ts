import type { Kysely, Transaction } from 'kysely'
import type { shipmentRequested } from '#ordering/events'
import { publish, type PayloadOf } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import { shipmentFailed } from '../events.ts'
import type { SandboxMode } from '../schema.ts'
import { currentState } from '../shipment-events.ts'
import type { ShipmentRequest } from '../shipment.ts'
import type { DeliveryTables, Shipment } from '../store.ts'
import {
  cancelRegistration,
  hasLostRace,
  prepareShipment,
  saveShipment,
  type PreparedShipment,
} from './save-shipment.ts'

type Tx = Transaction<DeliveryTables>
type Requested = Readonly<{ event_id: string; payload: PayloadOf<typeof shipmentRequested> }>

/** The shipment has the id of the event, so that a second run finds the shipment of the first. */
const requestOf = ({ event_id, payload: { number, ...facts } }: Requested): ShipmentRequest => ({
  ...facts,
  id: event_id,
  order_number: number,
})

type PrepareNeeds = Readonly<{ db: Kysely<DeliveryTables>; carriers: readonly Carrier[] }>

export type PrepareRequestedShipment = (requested: Requested) => Promise<PreparedShipment>

/** Registers the shipment at its carrier. An earlier run may have registered it and lost a race: then it is cancelled. */
export const prepareRequestedShipment =
  (needs: PrepareNeeds): PrepareRequestedShipment =>
  async (requested) => {
    const request = requestOf(requested)
    const prepared = await prepareShipment(needs, request)
    if (prepared.kind === 'exists' && prepared.id !== request.id) await cancelRegistration(needs.carriers, request)
    return prepared
  }

export type CreateRequestedShipment = (tx: Tx, requested: Requested, prepared: PreparedShipment) => Promise<void>

/** Creates the shipment that an order requests, or completes the one that staff created before. */
export const createRequestedShipment =
  ({ now, sandbox }: Readonly<{ now: Clock; sandbox: SandboxMode }>): CreateRequestedShipment =>
  async (tx, requested, prepared) => {
    const request = requestOf(requested)
    const { id, order_id } = request
    const outcome = await saveShipment(tx, request, { prepared, now: now(), sandbox })
    // The event is handled again, finds the other shipment and cancels this one at its carrier.
    if (hasLostRace(request, prepared, outcome))
      throw new Error(`The order ${order_id} got another shipment or none while ${id} was registered at its carrier`)
    if (outcome.kind === 'refused') {
      if (outcome.reason === 'order-closed') return
      await publish(tx, [shipmentFailed({ order_id, reason: outcome.reason })])
    } else if (outcome.kind === 'exists' && outcome.shipment.id !== id) {
      await completeShipment(tx, request, outcome.shipment)
      await publish(tx, currentState(outcome.shipment))
    }
  }

/** Adds the facts of the order to a shipment that staff created before the order requested one. */
async function completeShipment(tx: Tx, request: ShipmentRequest, { id }: Shipment): Promise<void> {
  const { order_number, user_id, recipient_name, recipient_phone } = request
  const { comment, weight_grams, cash_to_collect, currency } = request
  await tx
    .updateTable('delivery.shipments')
    .set({ order_number, user_id, recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency })
    .where('id', '=', id)
    .where('user_id', 'is', null)
    .execute()
}
