import type { Transaction } from 'kysely'
import { shipmentCancellationRequested } from '#ordering/events'
import { subscribe, publish, type Subscription, type NewEvent } from '#platform/events'
import type { Clock } from '#platform/values'
import { shipmentCancelled, shipmentCancelRefused } from '../events.ts'
import { callOff } from '../shipment.ts'
import { isShipment, keepMove, lockShipment, newsOfMove } from '../shipments.ts'
import type { DeliveryTables } from '../tables.ts'

type Tx = Transaction<DeliveryTables>
type NotDue = Readonly<{ event_id: string; order_id: string }>

/** The order takes its shipment back and is always answered: cancelled, or too late. */
export const callOffShipment = (now: Clock): Subscription =>
  subscribe(shipmentCancellationRequested, async (tx: Tx, { event_id, payload: { order_id } }) => {
    await publish(tx, await callOffFor(tx, { event_id, order_id }, now()))
  })

async function callOffFor(tx: Tx, { event_id, order_id }: NotDue, now: Date): Promise<NewEvent[]> {
  if (await keepTombstone(tx, { event_id, order_id }, now)) return [shipmentCancelled({ order_id })]
  const standing = await lockShipment(tx, { order_id })
  if (!standing || !isShipment(standing)) return [shipmentCancelled({ order_id })]
  const calling = callOff(standing, now)
  const shipment = { shipment_id: standing.id, order_id }
  if (calling.kind === 'stands') return [shipmentCancelled(shipment)]
  if (calling.kind === 'refused') return [shipmentCancelRefused({ ...shipment, status: calling.status })]
  await keepMove(tx, standing.id, { ...calling, now })
  return newsOfMove(standing, calling.from, calling)
}

/** Where there is no shipment yet, none may come any more; true when that was so. */
async function keepTombstone(tx: Tx, { event_id, order_id }: NotDue, now: Date): Promise<boolean> {
  const cancelled = {
    status: 'cancelled',
    cancelled_at: now,
    created_at: now,
    updated_at: now,
    timeline: '[]',
  } as const
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.shipments')
    .values({ id: event_id, order_id, ...cancelled })
    .onConflict((conflict) => conflict.column('order_id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}
