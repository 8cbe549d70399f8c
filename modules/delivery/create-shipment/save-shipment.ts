import { randomBytes } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { batched } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import type { Carrier, CreateOutcome } from '../carrier.ts'
import type { SandboxMode } from '../schema.ts'
import { created, statusChanged } from '../shipment-events.ts'
import { deliver, type ShipmentRequest } from '../shipment.ts'
import { findShipmentId, isShipment, lockShipment, saveStatus } from '../store/shipments.ts'
import type { DeliveryDb, DeliveryTables, Shipment } from '../store/tables.ts'

export type CreatedShipment = Readonly<{ kind: 'created' | 'exists'; shipment: Shipment }>
export type SaveShipmentOutcome = CreatedShipment | Refused<'no-carrier' | 'address-missing' | 'order-closed'>

/** `isRegistered`: a carrier outside has the shipment. */
type Prepared = Extract<CreateOutcome, { kind: 'created' }> & Readonly<{ isRegistered: boolean }>

export type PreparedShipment =
  | Prepared
  | Extract<CreateOutcome, Refused>
  | Readonly<{ kind: 'exists'; id: string }>
  | Refused<'no-carrier'>

const carrierOf = (carriers: readonly Carrier[], { method }: Pick<ShipmentRequest, 'method'>) =>
  carriers.find((carrier) => carrier.method === method)

/**
 * Registers the shipment at its carrier, before the transaction, unless the order has a shipment or a tombstone. The shop's
 * own carriers register nothing, so the insert itself finds that shipment.
 */
export async function prepareShipment(
  { db, carriers }: Readonly<{ db: DeliveryDb; carriers: readonly Carrier[] }>,
  request: ShipmentRequest,
): Promise<PreparedShipment> {
  const carrier = carrierOf(carriers, request)
  const isRegistered = !carrier?.isOwn
  const existing_id = isRegistered ? await findShipmentId(db, request.order_id) : undefined
  if (existing_id !== undefined) return { kind: 'exists', id: existing_id }
  if (!carrier) return { kind: 'refused', reason: 'no-carrier' }
  const outcome = await carrier.create(request)
  return outcome.kind === 'created' ? { ...outcome, isRegistered } : outcome
}

/** Cancels at the carrier a shipment that was registered and not saved. Throws when the carrier refuses. */
export async function cancelRegistration(carriers: readonly Carrier[], request: ShipmentRequest): Promise<void> {
  const outcome = await carrierOf(carriers, request)?.cancel({ id: request.id, tracking_number: null })
  if (outcome?.kind === 'refused')
    throw new Error(
      `The carrier refuses to cancel the shipment ${request.id}, which has lost a race: cancel it by hand`,
    )
}

/** True when the shipment was registered outside, and the order got another shipment or a tombstone in the meantime. */
export const hasLostRace = (
  { id }: ShipmentRequest,
  prepared: PreparedShipment,
  outcome: SaveShipmentOutcome,
): boolean =>
  prepared.kind === 'created' && prepared.isRegistered && !(outcome.kind !== 'refused' && outcome.shipment.id === id)

type SaveOptions = Readonly<{ prepared: PreparedShipment; now: Date; sandbox: SandboxMode }>

/** Inserts the one shipment of an order and publishes it, or returns the shipment that exists. */
export async function saveShipment(
  tx: Transaction<DeliveryTables>,
  request: ShipmentRequest,
  { prepared, now, sandbox }: SaveOptions,
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

const rowOf = (request: ShipmentRequest, { status, tracking_number, pickup_code }: Prepared, now: Date) => ({
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
      id, order_id, order_number, user_id, method, pickup_point_id, status, pickup_code, tracking_number, tracking_token, delivery_address,
      recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at)
    select id, order_id, order_number, user_id, method, pickup_point_id, status, pickup_code, tracking_number, tracking_token, delivery_address,
      recipient_name, recipient_phone, comment, weight_grams, cash_to_collect, currency, timeline, created_at, updated_at
    from jsonb_populate_recordset(null::delivery.shipments, ${JSON.stringify(shipments)})
    on conflict (order_id) do nothing returning *
  `.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return shipments.map(({ id }) => byId.get(id))
})
