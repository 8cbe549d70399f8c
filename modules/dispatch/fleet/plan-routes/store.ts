import { sql } from 'kysely'
import type { AnyTx } from '#platform/db'
import type { FleetPlan } from '../../planner/index.ts'
import type { DueOffer } from '../due-offers.ts'
import type { Facts, PlanningCourier } from '../planning.ts'
import type { FleetDb, ParcelRow, RouteRow } from '../store.ts'

/** The oldest parcels of one plan that a courier on duty may bring: those behind them wait until there is room. */
const maxParcels = 200
/** Seconds after which the lease of a process that died ends. A plan takes a fraction of a second, two at most. */
const leaseSeconds = 10

/** `idle`: there is no parcel to plan and no route. The time is that of the database, so that clocks need not agree. */
export async function takeLease(db: FleetDb, lease: string): Promise<'taken' | 'busy' | 'idle'> {
  const { rows } = await sql<{ taken: boolean; open: boolean }>`
    with open as (
      select exists (select from dispatch.parcels
          where status in ('waiting', 'offered', 'accepted', 'picked_up', 'failed'))
        or exists (select from dispatch.routes) as open),
    taken as (
      insert into dispatch.planners as planner (depot, lease, leased_until)
      select 'shop', ${lease}, clock_timestamp() + ${leaseSeconds} * interval '1 second' from open where open
      on conflict (depot) do update set lease = excluded.lease, leased_until = excluded.leased_until
        where planner.leased_until < clock_timestamp()
      returning 1)
    select open, exists (select from taken) as taken from open`.execute(db)
  const [found] = rows
  if (!found?.open) return 'idle'
  return found.taken ? 'taken' : 'busy'
}

/** Locks the lease until the end of the transaction; false when another process has it. */
export async function holdLease(tx: AnyTx, lease: string): Promise<boolean> {
  const { rows } = await sql`
    select from dispatch.planners where depot = 'shop' and lease = ${lease} for update`.execute(tx)
  return rows.length > 0
}

/** Lets another process plan at once. */
export async function releaseLease(db: FleetDb, lease: string): Promise<void> {
  await sql`update dispatch.planners set leased_until = '-infinity' where depot = 'shop' and lease = ${lease}`.execute(
    db,
  )
}

type ReadFacts = Pick<Facts, 'couriers' | 'parcels'> & Readonly<{ current: FleetPlan }>

/** Reads the couriers on duty and those who have parcels, the open parcels, and the saved routes. */
export async function readFacts(db: FleetDb, now: Date): Promise<ReadFacts> {
  const [parcels, couriers, routes] = await Promise.all([
    sql<ParcelRow>`
      (select * from dispatch.parcels where status in ('offered', 'accepted', 'picked_up', 'failed'))
      union all
      (select * from dispatch.parcels as parcel where status = 'waiting' and exists (
          select from dispatch.fleet_couriers as courier
          where duty = 'on' and shift_ends_at > ${now} and courier.id <> all(declined_by)
            and (missed_until is null or missed_until <= ${now} or courier.id <> all(missed_by))
            and parcel.weight_grams <= capacity_grams and parcel.volume_litres <= capacity_litres
            and parcel.required_skills <@ skills)
        order by created_at, id limit ${maxParcels})`.execute(db),
    sql<PlanningCourier>`
      select courier.*, greatest(courier.duty_since, (
        select max(updated_at) from dispatch.parcels where courier_id = courier.id and status = 'delivered')) as idle_since
      from dispatch.fleet_couriers as courier
      where duty = 'on' or exists (
        select from dispatch.parcels
        where courier_id = courier.id and status in ('offered', 'accepted', 'picked_up', 'failed'))
      order by id`.execute(db),
    sql<RouteRow>`select * from dispatch.routes`.execute(db),
  ])
  const known = new Set(couriers.rows.map(({ id }) => id))
  return {
    couriers: couriers.rows,
    // A parcel may have got its courier between the two reads: the next plan has both.
    parcels: parcels.rows
      .filter(({ courier_id }) => courier_id === null || known.has(courier_id))
      .toSorted((one, other) => one.created_at.getTime() - other.created_at.getTime() || (one.id < other.id ? -1 : 1)),
    current: { routes: routes.rows, unserved: [] },
  }
}

/**
 * Locks the parcels to offer whose couriers are still on duty, couriers first: `change-duty` locks in the same order. A parcel
 * that another transaction changes at this moment is left to the next plan.
 */
export async function lockOffered(tx: AnyTx, offers: readonly DueOffer[]): Promise<ReadonlyMap<string, ParcelRow>> {
  if (offers.length === 0) return new Map()
  const { rows: couriers } = await sql<{ id: string }>`
    select id from dispatch.fleet_couriers
    where id = any(${offers.map(({ courier_id }) => courier_id)}::uuid[]) and duty = 'on' order by id for share
  `.execute(tx)
  const onDuty = new Set(couriers.map(({ id }) => id))
  const ids = offers.filter(({ courier_id }) => onDuty.has(courier_id)).map(({ parcel_id }) => parcel_id)
  const { rows } = await sql<ParcelRow>`
    select * from dispatch.parcels where id = any(${ids}::uuid[]) and status = 'waiting'
    order by created_at, id for update skip locked`.execute(tx)
  return new Map(rows.map((row) => [row.id, row]))
}

/** Replaces all routes; couriers without stops have none. */
export async function saveRoutes(tx: AnyTx, { routes }: FleetPlan, planned_at: Date): Promise<void> {
  const rows = routes.filter(({ stops }) => stops.length > 0).map((route) => ({ ...route, planned_at }))
  await sql`delete from dispatch.routes where courier_id <> all(${rows.map(({ courier_id }) => courier_id)}::uuid[])`.execute(
    tx,
  )
  if (rows.length === 0) return
  await sql`
    insert into dispatch.routes (courier_id, stops, travel_seconds, planned_at)
    select courier_id, stops, travel_seconds, planned_at
    from jsonb_populate_recordset(null::dispatch.routes, ${JSON.stringify(rows)})
    on conflict (courier_id) do update
    set stops = excluded.stops, travel_seconds = excluded.travel_seconds, planned_at = excluded.planned_at
  `.execute(tx)
}
