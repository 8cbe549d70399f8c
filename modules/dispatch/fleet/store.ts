import { sql, type ColumnType, type Generated, type Kysely, type Selectable, type Transaction } from 'kysely'
import type { Address } from '#ordering/events'
import { batched, type AnyTx } from '#platform/db'
import { newId } from '#platform/values'
import type { PlannedStop } from '../planner/index.ts'
import type { ReportedStatus } from './discrepancy-schema.ts'
import { release, type ParcelChange } from './parcel.ts'
import type { Assignment, Duty, ParcelStatus, ProofKind } from './schema.ts'

type FleetCouriers = {
  id: string
  name: string
  duty: Duty
  speed_kmh: number
  capacity_grams: number
  capacity_litres: number
  most_parcels: number
  skills: Generated<string[]>
  duty_since: Date
  shift_ends_at: Date | null
  may_deliver: Generated<boolean>
  lat: number | null
  lng: number | null
  position_at: Date | null
  updated_at: Date
  version: Generated<number>
}

type Parcels = {
  id: string
  order_id: string
  order_number: string | null
  user_id: string | null
  tracking_hash: string | null
  address: ColumnType<Address, string, string>
  recipient_name: string | null
  recipient_phone: string | null
  comment: string | null
  weight_grams: number
  volume_litres: number
  window_from: Date
  window_to: Date
  required_skills: Generated<string[]>
  cash_to_collect: number
  currency: string | null
  pin: string
  pin_attempts: Generated<number>
  status: ParcelStatus
  courier_id: string | null
  pinned: Generated<boolean>
  declined_by: Generated<string[]>
  missed_offers: Generated<number>
  missed_by: Generated<string[]>
  missed_until: Date | null
  near_since: Date | null
  arrived_at: Date | null
  offer_expires_at: Date | null
  reason: string | null
  assignment: ColumnType<Assignment | null, string | null, string | null>
  timeline: ColumnType<readonly object[], string, string>
  created_at: Date
  updated_at: Date
  version: Generated<number>
}

type Routes = {
  courier_id: string
  stops: ColumnType<readonly PlannedStop[], string, string>
  travel_seconds: number
  planned_at: Date
}

type Photos = {
  id: string
  parcel_id: string
  courier_id: string
  kind: ProofKind
  storage_key: string
  sha256: Buffer
  byte_size: number
  taken_at: Date
  stored_at: Date | null
}

type FleetTables = {
  'dispatch.fleet_couriers': FleetCouriers
  'dispatch.parcels': Parcels
  'dispatch.routes': Routes
  'dispatch.parcel_photos': Photos
}
export type FleetDb = Kysely<FleetTables>
export type FleetTx = Transaction<FleetTables>
export type FleetCourier = Selectable<FleetCouriers>
export type ParcelRow = Selectable<Parcels>
export type RouteRow = Selectable<Routes>
export type Photo = Selectable<Photos>
/** A parcel with the first name of its courier. */
export type NamedParcel = ParcelRow & { courier_name: string | null }

/** The state of the account of a courier, as the events of identity say it. */
type Account = Readonly<{ is_blocked: boolean; has_permission: boolean }>
export type AccountChange = Partial<Account>

export const mayDeliver = ({ is_blocked, has_permission }: Account): boolean => !is_blocked && has_permission

/**
 * Saves a change of an account and locks it; without a change it locks it alone. The row is inserted when the user is unknown, so
 * that a change of the account and the first duty wait for one another. Lock accounts before couriers, and couriers before parcels.
 */
export async function saveAccount(tx: AnyTx, id: string, change: AccountChange = {}): Promise<Account> {
  const { is_blocked = null, has_permission = null } = change
  const { rows } = await sql<Account>`
    insert into dispatch.courier_accounts as account (id, is_blocked, has_permission)
    values (${id}, coalesce(${is_blocked}::boolean, false), coalesce(${has_permission}::boolean, true))
    on conflict (id) do update
      set is_blocked = coalesce(${is_blocked}::boolean, account.is_blocked),
          has_permission = coalesce(${has_permission}::boolean, account.has_permission)
    returning is_blocked, has_permission`.execute(tx)
  if (!rows[0]) throw new Error(`The account ${id} was not saved`)
  return rows[0]
}

/** Locks one parcel. */
export const lockParcel = (tx: FleetTx, id: string): Promise<ParcelRow | undefined> =>
  tx.selectFrom('dispatch.parcels').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

/** Locks the parcels of several shipments in one statement; most shipments are no parcels. */
export const lockParcelIfAny = batched<string, ParcelRow | undefined>(async (tx, ids) => {
  const { rows } = await sql<ParcelRow>`
    select * from dispatch.parcels where id = any(${ids}::uuid[]) order by id for update`.execute(tx)
  const byId = new Map(rows.map((row) => [row.id, row]))
  return ids.map((id) => byId.get(id.toLowerCase()))
})

/** Reads one parcel with the name of its courier. Throws when it does not exist. */
export async function readParcel(db: AnyTx | FleetDb, id: string): Promise<NamedParcel> {
  const { rows } = await sql<NamedParcel>`
    select parcel.*, courier.name as courier_name from dispatch.parcels as parcel
      left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
    where parcel.id = ${id}`.execute(db)
  if (!rows[0]) throw new Error(`The parcel ${id} does not exist`)
  return rows[0]
}

/** Saves a change of a locked parcel. Throws when the row has changed since it was read: the caller then held no lock. */
export async function saveParcel(tx: AnyTx, row: ParcelRow, { kind: _, ...change }: ParcelChange & { at: Date }) {
  const { status, courier_id, at, assignment } = change
  const entry = JSON.stringify([{ status, at, courier_id, ...(assignment && { assignment }) }])
  const { numAffectedRows } = await sql`
    update dispatch.parcels
    set status = ${status}, courier_id = ${courier_id}, pinned = ${change.pinned},
        declined_by = ${change.declined_by}::uuid[], offer_expires_at = ${change.offer_expires_at},
        reason = ${change.reason},
        assignment = coalesce(${assignment && JSON.stringify(assignment)}::jsonb, assignment), updated_at = ${at},
        timeline = timeline || ${entry}::jsonb, version = version + 1
    where id = ${row.id} and version = ${row.version}
  `.execute(tx)
  if (numAffectedRows !== 1n) throw new Error(`The parcel ${row.id} has changed since it was read: lock it first`)
}

/** Saves that the courier of a locked parcel is at its address. */
export async function saveArrival(tx: AnyTx, { id, courier_id }: ParcelRow, at: Date): Promise<void> {
  const entry = JSON.stringify([{ status: 'arrived', at, courier_id }])
  await sql`
    update dispatch.parcels
    set arrived_at = ${at}, updated_at = ${at}, timeline = timeline || ${entry}::jsonb, version = version + 1
    where id = ${id}`.execute(tx)
}

/** Gives back the parcels that a courier does not have in his hands; the caller has locked the courier. */
export async function releaseParcels(
  tx: AnyTx,
  { courier_id, statuses, at }: Readonly<{ courier_id: string; statuses: readonly ParcelStatus[]; at: Date }>,
): Promise<void> {
  const { rows } = await sql<ParcelRow>`
    select * from dispatch.parcels where courier_id = ${courier_id} and status = any(${statuses}::text[])
    order by created_at, id for update`.execute(tx)
  for (const parcel of rows) {
    const decision = release(parcel)
    if (decision.kind === 'changed') await saveParcel(tx, parcel, { ...decision, at })
  }
}

export type NewDiscrepancy = Readonly<{
  parcel_id: string
  order_id: string
  courier_id: string
  reported: ReportedStatus
  recorded: string
  cash_collected: number | null
  is_right_pin: boolean | null
  happened_at: Date
  created_at: Date
}>

export type Discrepancy = NewDiscrepancy &
  Readonly<{
    id: string
    order_number: string | null
    courier_name: string | null
    resolved_at: Date | null
    resolved_by: string | null
    resolution: string | null
  }>

/**
 * Stores a discrepancy for staff; returns its id when it is new. A courier who reports the same again adds what he knows now,
 * until staff have resolved it. Only his first PIN counts: with more of them he would find the right one.
 */
export async function insertDiscrepancy(tx: AnyTx, row: NewDiscrepancy): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; is_new: boolean }>`
    insert into dispatch.discrepancies as earlier (id, parcel_id, order_id, courier_id, reported, recorded, cash_collected, is_right_pin,
      happened_at, created_at)
    values (${newId()}, ${row.parcel_id}, ${row.order_id}, ${row.courier_id}, ${row.reported}, ${row.recorded},
      ${row.cash_collected}::bigint, ${row.is_right_pin}::boolean, ${row.happened_at}, ${row.created_at})
    on conflict (parcel_id, courier_id, reported) do update
      set cash_collected = greatest(earlier.cash_collected, excluded.cash_collected),
          is_right_pin = coalesce(earlier.is_right_pin, excluded.is_right_pin)
      where earlier.resolved_at is null
    returning id, xmax = 0 as is_new`.execute(tx)
  return rows[0]?.is_new ? rows[0].id : undefined
}

/** Reads one discrepancy with the number of its order and the name of its courier. */
export async function findDiscrepancy(db: AnyTx | FleetDb, id: string): Promise<Discrepancy | undefined> {
  const { rows } = await sql<Discrepancy>`
    select discrepancy.*, parcel.order_number, courier.name as courier_name from dispatch.discrepancies as discrepancy
      left join dispatch.parcels as parcel on parcel.id = discrepancy.parcel_id
      left join dispatch.fleet_couriers as courier on courier.id = discrepancy.courier_id
    where discrepancy.id = ${id}`.execute(db)
  return rows[0]
}

/** The discrepancies that staff have not resolved, newest first. */
export async function listOpenDiscrepancies(db: AnyTx | FleetDb, limit: number): Promise<readonly Discrepancy[]> {
  const { rows } = await sql<Discrepancy>`
    select discrepancy.*, parcel.order_number, courier.name as courier_name from dispatch.discrepancies as discrepancy
      left join dispatch.parcels as parcel on parcel.id = discrepancy.parcel_id
      left join dispatch.fleet_couriers as courier on courier.id = discrepancy.courier_id
    where discrepancy.resolved_at is null
    order by discrepancy.created_at desc, discrepancy.id desc limit ${limit}`.execute(db)
  return rows
}
