import type { Kysely, Transaction } from 'kysely'
import { publish, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import type { Carrier } from '../carrier.ts'
import { shipmentCancelled, shipmentCancellationRefused } from '../events.ts'
import { statusChanged } from '../shipment-events.ts'
import { cancel } from '../shipment.ts'
import { findShipment, isShipment, lockShipment, saveStatus, type DeliveryTables } from '../store.ts'

type Tx = Transaction<DeliveryTables>
type Cancellation = Readonly<{ event_id: string; order_id: string }>
type Prepared = Awaited<ReturnType<Carrier['cancel']>>

type PrepareNeeds = Readonly<{ db: Kysely<DeliveryTables>; now: Clock; carriers: readonly Carrier[] }>

export type PrepareCancellation = (order_id: string) => Promise<Prepared>

/** Cancels the shipment at its carrier, before the transaction, when the order may still cancel it. */
export const prepareCancellation =
  ({ db, now, carriers }: PrepareNeeds): PrepareCancellation =>
  async (order_id) => {
    const shipment = await findShipment(db, { order_id })
    if (!shipment || !isShipment(shipment) || cancel(shipment, now()).kind !== 'changed') return { kind: 'cancelled' }
    const carrier = carriers.find(({ method }) => method === shipment.method)
    if (!carrier) throw new Error(`No carrier for the method ${shipment.method}: add it to cancel its shipments`)
    return await carrier.cancel(shipment)
  }

export type CancelShipment = (tx: Tx, cancellation: Cancellation, prepared: Prepared) => Promise<void>

/** Cancels the shipment of an order, or inserts a tombstone, and publishes one answer: cancelled, or refused. */
export const cancelShipment =
  ({ now }: Readonly<{ now: Clock }>): CancelShipment =>
  async (tx, cancellation, prepared) => {
    await publish(tx, await cancelledEvents(tx, cancellation, { prepared, now: now() }))
  }

async function cancelledEvents(
  tx: Tx,
  { event_id, order_id }: Cancellation,
  { prepared, now }: Readonly<{ prepared: Prepared; now: Date }>,
): Promise<NewEvent[]> {
  if (await insertTombstone(tx, { event_id, order_id }, now)) return [shipmentCancelled({ order_id })]
  const shipment = await lockShipment(tx, { order_id })
  if (!shipment || !isShipment(shipment)) return [shipmentCancelled({ order_id })]
  const facts = { shipment_id: shipment.id, order_id }
  const decision = cancel(shipment, now)
  if (decision.kind === 'unchanged') return [shipmentCancelled(facts)]
  if (decision.kind === 'refused' || prepared.kind === 'refused')
    return [shipmentCancellationRefused({ ...facts, status: shipment.status })]
  await saveStatus(tx, shipment.id, { to: decision.to, now })
  return statusChanged(shipment, decision)
}

/** Returns true when the order has no shipment yet: the tombstone keeps it from getting one. */
async function insertTombstone(tx: Tx, { event_id, order_id }: Cancellation, now: Date): Promise<boolean> {
  const times = { cancelled_at: now, created_at: now, updated_at: now }
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.shipments')
    .values({ id: event_id, order_id, status: 'cancelled', timeline: '[]', ...times })
    .onConflict((conflict) => conflict.column('order_id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}
