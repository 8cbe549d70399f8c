import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { batched, type AnyTx, type Db } from '#platform/db'
import type { ShipmentStatus } from '../schema.ts'
import type { StatusFacts } from '../shipment.ts'
import type { DeliveryDb, Shipment, Tombstone } from './tables.ts'

export const isShipment = (row: Shipment | Tombstone): row is Shipment => row.method !== null

type Key = Readonly<{ id: string } | { order_id: string }>

/** Finds a shipment; a tombstone is none. */
export async function findShipment(db: DeliveryDb, key: Key): Promise<Shipment | undefined> {
  const rows = db.selectFrom('delivery.shipments').selectAll().$castTo<Shipment | Tombstone>()
  const row = await (
    'id' in key ? rows.where('id', '=', key.id) : rows.where('order_id', '=', key.order_id)
  ).executeTakeFirst()
  return row && isShipment(row) ? row : undefined
}

/** Finds the id of the shipment or the tombstone of an order. */
export const findShipmentId = batched<string, string | undefined, Db>(async (db, order_ids) => {
  const { rows } = await sql<{ id: string; order_id: string }>`
    select id, order_id from delivery.shipments where order_id = any(${order_ids}::uuid[])
  `.execute(db)
  const byOrder = new Map(rows.map(({ id, order_id }) => [order_id, id]))
  return order_ids.map((order_id) => byOrder.get(order_id.toLowerCase()))
})

/** Locks the shipment or the tombstone of an order, so that a delivery and a cancellation come one after the other. */
export const lockShipment = batched<Key, Shipment | Tombstone | undefined>(async (tx, keys) => {
  const ids = keys.flatMap((key) => ('id' in key ? [key.id.toLowerCase()] : []))
  const order_ids = keys.flatMap((key) => ('id' in key ? [] : [key.order_id.toLowerCase()]))
  const { rows } = await sql<Shipment | Tombstone>`
    select * from delivery.shipments where id = any(${ids}::uuid[]) or order_id = any(${order_ids}::uuid[])
    order by order_id for update
  `.execute(tx)
  const found = new Map(rows.flatMap((row) => [[row.id, row] as const, [row.order_id, row] as const]))
  return keys.map((key) => found.get(('id' in key ? key.id : key.order_id).toLowerCase()))
})

type NewStatus = Readonly<{ to: StatusFacts; now: Date; tracking_number?: string | undefined }>

/** Saves the status of a locked shipment. Without a new tracking number the old one stays. */
export const saveStatus = (tx: AnyTx, id: string, { to, now, tracking_number }: NewStatus): Promise<Shipment> =>
  updateStatus(tx, { ...to, id, tracking_number, at: now, entry: [{ status: to.status, at: now }] })

type StatusRow = StatusFacts &
  Readonly<{
    id: string
    tracking_number: string | undefined
    at: Date
    entry: readonly { status: ShipmentStatus; at: Date }[]
  }>

/** Filters by id beside the join: for a hundred rows of JSON the planner would read the whole table. */
const updateStatus = batched<StatusRow, Shipment>(async (tx, changes) => {
  const ids = changes.map(({ id }) => id)
  const { rows } = await sql<Shipment>`
    update delivery.shipments as shipment
    set status = change.status, updated_at = change.at, timeline = timeline || change.entry,
        delivered_at = coalesce(change.delivered_at, shipment.delivered_at),
        cancelled_at = coalesce(change.cancelled_at, shipment.cancelled_at),
        reason = coalesce(change.reason, shipment.reason),
        tracking_number = coalesce(change.tracking_number, shipment.tracking_number),
        cancelling_at = case change.status when 'cancelled' then shipment.cancelling_at end
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(
      id uuid, status text, at timestamptz, entry jsonb, delivered_at timestamptz, cancelled_at timestamptz,
      reason text, tracking_number text)
    where shipment.id = change.id and shipment.id = any(${ids}::uuid[])
    returning shipment.*
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => {
    const row = byId.get(id)
    if (!row) throw new Error(`The shipment ${id} does not exist`)
    return row
  })
})

/**
 * Marks the waiting shipment of an order as being cancelled, and returns it; undefined when the order has no such shipment.
 * Afterwards its status changes only by the answer of the carrier.
 */
export const markCancelling = batched<Readonly<{ order_id: string; now: Date }>, Shipment | undefined, Db>(
  async (db, marks) => {
    const order_ids = marks.map(({ order_id }) => order_id.toLowerCase())
    const { rows } = await sql<Shipment>`
      with waiting as (
        select id from delivery.shipments
        where order_id = any(${order_ids}::uuid[]) and method is not null and status in ('pending', 'ready_for_pickup')
        order by order_id for update
      )
      update delivery.shipments as shipment set cancelling_at = coalesce(cancelling_at, ${marks[0]?.now}::timestamptz)
      from waiting where shipment.id = waiting.id
      returning shipment.*
    `.execute(db)
    const byOrder = new Map(rows.map((row) => [row.order_id, row]))
    return order_ids.map((order_id) => byOrder.get(order_id))
  },
)

/** Lets staff change the status again: the carrier has refused the cancellation. */
export const unmarkCancelling = (tx: AnyTx, id: string) =>
  sql`update delivery.shipments set cancelling_at = null where id = ${id}`.execute(tx)

type NewTombstone = Readonly<{ id: string; order_id: string; now: Date }>

/** Returns true when the order has no shipment yet: the tombstone keeps it from getting one. */
export async function insertTombstone(tx: AnyTx, { id, order_id, now }: NewTombstone): Promise<boolean> {
  const { rows } = await sql`
    insert into delivery.shipments (id, order_id, status, timeline, cancelled_at, created_at, updated_at)
    values (${id}, ${order_id}, 'cancelled', '[]', ${now}, ${now}, ${now})
    on conflict (order_id) do nothing returning id
  `.execute(tx)
  return rows.length === 1
}

type CodeAttempts = Pick<Shipment, 'code_attempts' | 'code_locked_until'>

/** Saves the attempts of a locked shipment to guess its pickup code. */
export async function saveCodeAttempts(tx: AnyTx, id: string, attempts: CodeAttempts): Promise<Shipment> {
  const { code_attempts, code_locked_until } = attempts
  const { rows } = await sql<Shipment>`
    update delivery.shipments set code_attempts = ${code_attempts}::smallint,
      code_locked_until = ${code_locked_until}::timestamptz
    where id = ${id} returning *
  `.execute(tx)
  return rows[0]!
}

/** Other modules find a shipment by the hash of its tracking token; the token itself leaves the module with its link only. */
export const trackingHashOf = (tracking_token: string): string =>
  createHash('sha256').update(tracking_token).digest('base64url')
