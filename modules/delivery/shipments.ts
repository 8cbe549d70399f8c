import { sql, type Kysely, type Selectable } from 'kysely'
import { batched, type AnyTx } from '#platform/db'
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
export const lockShipment = batched<By, KeptShipment | Tombstone | undefined>(async (tx, wanted) => {
  const ids = wanted.flatMap((by) => ('id' in by ? [by.id.toLowerCase()] : []))
  const order_ids = wanted.flatMap((by) => ('id' in by ? [] : [by.order_id.toLowerCase()]))
  const { rows } = await sql<KeptShipment | Tombstone>`
    select * from delivery.shipments where id = any(${ids}::uuid[]) or order_id = any(${order_ids}::uuid[])
    order by order_id for update
  `.execute(tx)
  const found = new Map(rows.flatMap((row) => [[row.id, row] as const, [row.order_id, row] as const]))
  return wanted.map((by) => found.get(('id' in by ? by.id : by.order_id).toLowerCase()))
})

type Move = Pick<Moved, 'standing'> & Readonly<{ now: Date; tracking_number?: string | undefined }>

/** Keeps a move of a locked shipment; a tracking number only comes when one is given. */
export const keepMove = (tx: AnyTx, id: string, { standing, now, tracking_number }: Move): Promise<KeptShipment> =>
  writeMove(tx, { ...standing, id, tracking_number, at: now, entry: [{ status: standing.status, at: now }] })

type MoveRow = Moved['standing'] &
  Readonly<{
    id: string
    tracking_number: string | undefined
    at: Date
    entry: readonly { status: Status; at: Date }[]
  }>

/** By id as well as by join: the planner thinks a hundred rows of JSON worth reading the whole table for. */
const writeMove = batched<MoveRow, KeptShipment>(async (tx, moves) => {
  const ids = moves.map(({ id }) => id)
  const { rows } = await sql<KeptShipment>`
    update delivery.shipments s
    set status = move.status, updated_at = move.at, timeline = timeline || move.entry,
        delivered_at = coalesce(move.delivered_at, s.delivered_at),
        cancelled_at = coalesce(move.cancelled_at, s.cancelled_at),
        failed_because = coalesce(move.failed_because, s.failed_because),
        tracking_number = coalesce(move.tracking_number, s.tracking_number)
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as move(
      id uuid, status text, at timestamptz, entry jsonb, delivered_at timestamptz, cancelled_at timestamptz,
      failed_because text, tracking_number text)
    where s.id = move.id and s.id = any(${ids}::uuid[])
    returning s.*
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id) as KeptShipment)
})

/** What the world hears of a move: the step, and the facts others wait for. */
export function newsOfMove(
  { id, order_id }: { id: string; order_id: string },
  from: Status,
  { standing }: Pick<Moved, 'standing'>,
): NewEvent[] {
  const shipment = { shipment_id: id, order_id }
  const step = shipmentStatusChanged({ ...shipment, from, to: standing.status })
  if (standing.status === 'delivered') return [step, shipmentDelivered(shipment)]
  if (standing.status === 'failed') return [step, shipmentFailed({ ...shipment, reason: standing.failed_because })]
  if (standing.status === 'cancelled') return [step, shipmentCancelled(shipment)]
  return [step]
}
