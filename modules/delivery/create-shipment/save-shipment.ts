import { randomBytes } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { batched, type Db } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Carrier, CreateOutcome } from '../carrier.ts'
import { created, statusChanged } from '../shipment-events.ts'
import { deliver, type ShipmentRequest } from '../shipment.ts'
import { isShipment, lockShipment, saveStatus, type DeliveryTables, type Shipment } from '../store.ts'

/** `auto` delivers each shipment in the transaction that creates it, to try out the life of an order. */
export type Sandbox = 'manual' | 'auto'

export type CreatedShipment = Readonly<{ kind: 'created' | 'exists'; shipment: Shipment }>
export type SaveShipmentOutcome = CreatedShipment | Refused<'no-carrier' | 'address-missing' | 'order-closed'>

type Prepared = CreateOutcome | Readonly<{ kind: 'exists' }> | Refused<'no-carrier'>

/** Registers the shipment at its carrier, before the transaction, unless the order has a shipment or a tombstone. */
export async function prepareShipment(
  { db, carriers }: Readonly<{ db: Kysely<DeliveryTables>; carriers: readonly Carrier[] }>,
  request: ShipmentRequest,
): Promise<Prepared> {
  if (await exists(db, request.order_id)) return { kind: 'exists' }
  const carrier = carriers.find(({ method }) => method === request.method)
  return carrier ? await carrier.create(request) : { kind: 'refused', reason: 'no-carrier' }
}

const exists = batched<string, boolean, Db>(async (db, order_ids) => {
  const { rows } = await sql<{ order_id: string }>`
    select order_id from delivery.shipments where order_id = any(${order_ids}::uuid[])
  `.execute(db)
  const found = new Set(rows.map(({ order_id }) => order_id))
  return order_ids.map((order_id) => found.has(order_id.toLowerCase()))
})

type Circumstances = Readonly<{ prepared: Prepared; now: Date; sandbox: Sandbox }>

/** Inserts the one shipment of an order and publishes it, or returns the shipment that exists. */
export async function saveShipment(
  tx: Transaction<DeliveryTables>,
  request: ShipmentRequest,
  { prepared, now, sandbox }: Circumstances,
): Promise<SaveShipmentOutcome> {
  if (prepared.kind === 'refused') return prepared
  const shipment = prepared.kind === 'created' ? await insertShipment(tx, rowOf(request, prepared, now)) : undefined
  if (!shipment) return await existingShipment(tx, request)
  const delivery = sandbox === 'auto' ? deliver(shipment, { by: 'staff' }, now) : undefined
  if (delivery?.kind !== 'changed') {
    await publish(tx, [created(shipment)])
    return { kind: 'created', shipment }
  }
  const delivered = await saveStatus(tx, shipment.id, { to: delivery.to, now })
  await publish(tx, [created(shipment), ...statusChanged(shipment, delivery)])
  return { kind: 'created', shipment: delivered }
}

async function existingShipment(
  tx: Transaction<DeliveryTables>,
  { order_id }: ShipmentRequest,
): Promise<SaveShipmentOutcome> {
  const existing = await lockShipment(tx, { order_id })
  if (!existing || !isShipment(existing)) return { kind: 'refused', reason: 'order-closed' }
  return { kind: 'exists', shipment: existing }
}

/** 256 bits: a link cannot be guessed. */
const drawTrackingToken = (): string => randomBytes(32).toString('base64url')

const rowOf = (
  request: ShipmentRequest,
  { status, tracking_number, pickup_code }: Extract<Prepared, { kind: 'created' }>,
  now: Date,
) => ({
  ...request,
  status,
  tracking_number,
  pickup_code,
  tracking_token: drawTrackingToken(),
  timeline: [{ status, at: now }],
  created_at: now,
  updated_at: now,
})

/** Returns undefined for an order that has a shipment or a tombstone. */
const insertShipment = batched<ReturnType<typeof rowOf>, Shipment | undefined>(async (tx, shipments) => {
  const { rows } = await sql<Shipment>`
    insert into delivery.shipments (
      id, order_id, order_number, user_id, method, status, pickup_code, tracking_number, tracking_token, delivery_address,
      recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at)
    select id, order_id, order_number, user_id, method, status, pickup_code, tracking_number, tracking_token, delivery_address,
      recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at
    from jsonb_populate_recordset(null::delivery.shipments, ${JSON.stringify(shipments)})
    on conflict (order_id) do nothing returning *
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return shipments.map(({ id }) => byId.get(id))
})
