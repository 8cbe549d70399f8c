import type { Transaction } from 'kysely'
import { publish } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import { shipmentFailed } from '../events.ts'
import type { SandboxMode } from '../schema.ts'
import { answersTo, currentState } from '../shipment-events.ts'
import type { ShipmentRequest } from '../shipment.ts'
import { insertTombstone, isShipment, lockShipment } from '../store/shipments.ts'
import type { DeliveryDb, DeliveryTables } from '../store/tables.ts'
import { requestOf, type Requested } from '../requested-shipment.ts'
import {
  cancelRegistration,
  hasLostRace,
  prepareShipment,
  saveShipment,
  type PreparedShipment,
} from './save-shipment.ts'

type Tx = Transaction<DeliveryTables>
type PrepareNeeds = Readonly<{ db: DeliveryDb; carriers: readonly Carrier[] }>

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

/** Creates the shipment that an order requests, or publishes the one that staff created before. */
export const createRequestedShipment =
  ({ now, sandbox }: Readonly<{ now: Clock; sandbox: SandboxMode }>): CreateRequestedShipment =>
  async (tx, requested, prepared) => {
    const request = requestOf(requested)
    const { id, order_id } = request
    const at = now()
    const outcome = await saveShipment(tx, request, { prepared, now: at, sandbox })
    // The event is handled again, finds the other shipment and cancels this one at its carrier.
    if (hasLostRace(request, prepared, outcome))
      throw new Error(`The order ${order_id} got another shipment or none while ${id} was registered at its carrier`)
    if (outcome.kind === 'refused') {
      if (outcome.reason !== 'order-closed') await failShipment(tx, request, { reason: outcome.reason, now: at })
    } else if (outcome.kind === 'exists' && outcome.shipment.id !== id)
      await publish(tx, answersTo(id, currentState(outcome.shipment)))
  }

type Failure = Readonly<{ reason: string; now: Date }>

/**
 * Publishes that the order gets no shipment. The order is then cancelled, so a tombstone keeps staff from creating one. A
 * shipment that staff created in the meantime serves the order instead.
 */
async function failShipment(tx: Tx, request: ShipmentRequest, { reason, now }: Failure): Promise<void> {
  const { id, order_id } = request
  const existing = (await insertTombstone(tx, { id, order_id, now })) ? undefined : await lockShipment(tx, { order_id })
  if (existing && isShipment(existing)) return await publish(tx, answersTo(id, currentState(existing)))
  await publish(tx, answersTo(id, [shipmentFailed({ order_id, reason })]))
}
