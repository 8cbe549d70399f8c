import type { Transaction } from 'kysely'
import { publish, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import { parcelCancellationRequested, shipmentCancelled, shipmentCancellationRefused } from '../events.ts'
import { answersTo, statusChanged } from '../shipment-events.ts'
import { cancel, haveGoodsLeft } from '../shipment.ts'
import {
  insertTombstone,
  isShipment,
  lockShipment,
  markCancelling,
  saveStatus,
  unmarkCancelling,
} from '../store/shipments.ts'
import type { DeliveryDb, DeliveryTables } from '../store/tables.ts'

type Tx = Transaction<DeliveryTables>
type Cancellation = Readonly<{ event_id: string; order_id: string }>
type CarrierAnswer = Awaited<ReturnType<Carrier['cancel']>>
type Prepared =
  | Readonly<{ kind: 'asked'; shipment_id: string; answer: CarrierAnswer }>
  | Readonly<{ kind: 'not-asked' }>

type PrepareNeeds = Readonly<{ db: DeliveryDb; now: Clock; carriers: readonly Carrier[] }>

export type PrepareCancellation = (order_id: string) => Promise<Prepared>

/**
 * Cancels a waiting shipment at its carrier, before the transaction. The shipment is marked first: staff could otherwise
 * hand over a parcel that the carrier has just cancelled.
 */
export const prepareCancellation =
  ({ db, now, carriers }: PrepareNeeds): PrepareCancellation =>
  async (order_id) => {
    const shipment = await markCancelling(db, { order_id, now: now() })
    if (!shipment) return { kind: 'not-asked' }
    const carrier = carriers.find(({ method }) => method === shipment.method)
    if (!carrier) throw new Error(`No carrier for the method ${shipment.method}: add it to cancel its shipments`)
    return { kind: 'asked', shipment_id: shipment.id, answer: await carrier.cancel(shipment) }
  }

export type CancelShipment = (tx: Tx, cancellation: Cancellation, prepared: Prepared) => Promise<void>

/**
 * Cancels the shipment of an order, or inserts a tombstone, and publishes one answer: cancelled, or refused. A shipment of the
 * shop's own couriers gets its answer in `finish-cancellation`.
 */
export const cancelShipment =
  ({ now }: Readonly<{ now: Clock }>): CancelShipment =>
  async (tx, cancellation, prepared) => {
    const events = await cancelledEvents(tx, cancellation, { prepared, now: now() })
    await publish(tx, answersTo(cancellation.event_id, events))
  }

async function cancelledEvents(
  tx: Tx,
  { event_id, order_id }: Cancellation,
  { prepared, now }: Readonly<{ prepared: Prepared; now: Date }>,
): Promise<NewEvent[]> {
  if (await insertTombstone(tx, { id: event_id, order_id, now })) return [shipmentCancelled({ order_id })]
  const shipment = await lockShipment(tx, { order_id })
  if (!shipment || !isShipment(shipment)) return [shipmentCancelled({ order_id })]
  const facts = { shipment_id: shipment.id, order_id }
  const decision = cancel(shipment, now)
  if (decision.kind === 'unchanged') return [shipmentCancelled({ ...facts, goods_left: haveGoodsLeft(shipment) })]
  if (decision.kind === 'refused') return [shipmentCancellationRefused({ ...facts, status: decision.status })]
  // The event is handled again, and its preparation then cancels this shipment at its carrier.
  if (prepared.kind === 'not-asked')
    throw new Error(`The order ${order_id} got the shipment ${shipment.id} while its cancellation was prepared`)
  if (prepared.answer.kind === 'requested') return [parcelCancellationRequested(facts)]
  if (prepared.answer.kind === 'refused') {
    await unmarkCancelling(tx, shipment.id)
    return [shipmentCancellationRefused({ ...facts, status: shipment.status })]
  }
  await saveStatus(tx, shipment.id, { to: decision.to, now })
  return statusChanged(shipment, decision)
}
