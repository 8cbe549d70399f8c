import { sql, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { NewEvent } from '#platform/events'
import { shipmentCancelled, shipmentDelivered, shipmentFailed, shipmentStatusChanged } from './events.ts'
import type { Moved } from './shipment.ts'
import type { Method, Status } from './status.ts'
import type { DeliveryTables } from './tables.ts'

type Row = Selectable<DeliveryTables['delivery.shipments']>

/** A shipment as it is kept; tombstones are not shipments. */
export type KeptShipment = Row & { method: Method; track_token: string }
export type Tombstone = Row & { method: null }

/** Tells a shipment from a tombstone. */
export const isShipment = (row: KeptShipment | Tombstone): row is KeptShipment => row.method !== null

type By = Readonly<{ id: string } | { order_id: string }>

const rowsBy = (db: Kysely<DeliveryTables>, by: By) => {
  const rows = db.selectFrom('delivery.shipments').selectAll().$castTo<KeptShipment | Tombstone>()
  return 'id' in by ? rows.where('id', '=', by.id) : rows.where('order_id', '=', by.order_id)
}

export async function findShipment(db: Kysely<DeliveryTables>, by: By): Promise<KeptShipment | undefined> {
  const row = await rowsBy(db, by).executeTakeFirst()
  return row && isShipment(row) ? row : undefined
}

/** Locks what stands for an order, so that delivering and calling off come one after the other. */
export const lockShipment = (tx: Transaction<DeliveryTables>, by: By): Promise<KeptShipment | Tombstone | undefined> =>
  rowsBy(tx, by).forUpdate().executeTakeFirst()

/** Keeps a move of a locked shipment; a tracking number only comes when one is given. */
export const keepMove = async (
  tx: Transaction<DeliveryTables>,
  id: string,
  { standing, now, tracking_number }: Pick<Moved, 'standing'> & { now: Date; tracking_number?: string | undefined },
): Promise<KeptShipment> =>
  await tx
    .updateTable('delivery.shipments')
    .set({
      ...standing,
      updated_at: now,
      timeline: sql<string>`timeline || ${JSON.stringify([{ status: standing.status, at: now.toISOString() }])}::jsonb`,
      ...(tracking_number !== undefined && { tracking_number }),
    })
    .where('id', '=', id)
    .returningAll()
    .$castTo<KeptShipment>()
    .executeTakeFirstOrThrow()

/** What the world hears of a move: the step, and the facts others wait for. */
export function newsOfMove(
  { id, order_id }: { id: string; order_id: string },
  from: Status,
  { standing }: Pick<Moved, 'standing'>,
): NewEvent[] {
  const shipment = { shipment_id: id, order_id }
  const step = shipmentStatusChanged({ ...shipment, from, to: standing.status })
  if (standing.status === 'delivered') return [step, shipmentDelivered(shipment)]
  if (standing.status === 'failed') return [step, shipmentFailed({ ...shipment, because: standing.failed_because })]
  if (standing.status === 'cancelled') return [step, shipmentCancelled(shipment)]
  return [step]
}
