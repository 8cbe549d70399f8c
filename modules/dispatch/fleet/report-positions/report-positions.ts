import { sql } from 'kysely'
import type { Address } from '#ordering/events'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import type { Refused } from '#platform/outcome'
import { momentOf, type Clock } from '#platform/values'
import { parcelArrived } from '../../events.ts'
import { approach, type Sighting } from '../geofence.ts'
import { pointOf } from '../point.ts'
import type { PositionReport } from '../schema.ts'
import { saveArrival, type FleetDb, type ParcelRow } from '../store.ts'

type ReportPositionsInput = Readonly<{ courier_id: string; positions: readonly PositionReport[] }>
export type ReportPositionsOutcome = Readonly<{ kind: 'saved'; arrived: readonly string[] }> | Refused<'off-duty'>
export type ReportPositions = (input: ReportPositionsInput) => Promise<ReportPositionsOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/**
 * Saves where a courier was, and where he is. Positions from before his duty are not stored, nor those whose time no clock shows: the
 * program of the courier could otherwise never send the rest. A position of the future counts as now. A
 * courier who stays near the address of a parcel has arrived there.
 */
export const reportPositions =
  (needs: Needs): ReportPositions =>
  async ({ courier_id, positions }) => {
    const now = needs.now()
    const sightings = positions
      .flatMap(({ at, ...place }) => {
        const moment = momentOf(at)
        return moment ? [{ ...place, at: moment < now ? moment : now }] : []
      })
      .toSorted((one, other) => one.at.getTime() - other.at.getTime())
    const parcels = await savePositions(needs.db, { courier_id, sightings })
    if (!parcels) return { kind: 'refused', reason: 'off-duty' }
    const isMoved = parcels.some((parcel) => approachOf(parcel, sightings).changes)
    return { kind: 'saved', arrived: isMoved ? await followApproach(needs, { courier_id, sightings }) : [] }
  }

type Report = Readonly<{ courier_id: string; sightings: readonly Sighting[] }>

/** A parcel that the courier brings. */
type Brought = Pick<ParcelRow, 'address' | 'near_since' | 'arrived_at'>

/** One statement without a transaction of its own: fifty couriers report every few seconds. Undefined off duty. */
async function savePositions(db: FleetDb, { courier_id, sightings }: Report): Promise<readonly Brought[] | undefined> {
  const { rows } = await sql<{ parcels: readonly { address: Address; near_since: string | null }[] }>`
    with sighting as (
      select * from jsonb_to_recordset(${JSON.stringify(sightings)})
        as one (at timestamptz, lat double precision, lng double precision, accuracy real)),
    courier as (
      update dispatch.fleet_couriers as courier
      set lat = newest.lat, lng = newest.lng, position_at = newest.at
      from (select * from sighting order by at desc limit 1) as newest
      where courier.id = ${courier_id} and courier.duty <> 'off'
        and newest.at >= greatest(courier.duty_since, coalesce(courier.position_at, '-infinity'))
      returning courier.id),
    added as (
      insert into dispatch.positions (courier_id, at, lat, lng, accuracy)
      select courier.id, at, sighting.lat, sighting.lng, accuracy
      from sighting join dispatch.fleet_couriers as courier
        on courier.id = ${courier_id} and courier.duty <> 'off' and at >= courier.duty_since
      on conflict do nothing)
    select coalesce(jsonb_agg(jsonb_build_object('address', parcel.address, 'near_since', parcel.near_since))
      filter (where parcel.id is not null), '[]') as parcels
    from dispatch.fleet_couriers as courier left join dispatch.parcels as parcel
      on parcel.courier_id = courier.id and parcel.status = 'picked_up' and parcel.arrived_at is null
    where courier.id = ${courier_id} and courier.duty <> 'off' group by courier.id`.execute(db)
  return rows[0]?.parcels.map(({ address, near_since }) => ({
    address,
    near_since: near_since === null ? null : new Date(near_since),
    arrived_at: null,
  }))
}

function approachOf(parcel: Brought, sightings: readonly Sighting[]) {
  const reached = approach({ ...parcel, point: pointOf(parcel.address) }, sightings)
  const isSame = (one: Date | null, other: Date | null) => one?.getTime() === other?.getTime()
  return { ...reached, changes: !isSame(reached.near_since, parcel.near_since) || reached.arrived_at !== null }
}

/** Saves how near the courier is to the addresses of his parcels. Returns those at which he has arrived. */
const followApproach = ({ db, wake }: Needs, { courier_id, sightings }: Report): Promise<readonly string[]> =>
  transaction(db, async (tx) => {
    const { rows } = await sql<ParcelRow>`
      select * from dispatch.parcels
      where courier_id = ${courier_id} and status = 'picked_up' and arrived_at is null
      order by created_at, id for update`.execute(tx)
    const arrived: ParcelRow[] = []
    for (const parcel of rows) {
      const { near_since, arrived_at, changes } = approachOf(parcel, sightings)
      if (!changes) continue
      await sql`update dispatch.parcels set near_since = ${near_since} where id = ${parcel.id}`.execute(tx)
      if (arrived_at === null) continue
      await saveArrival(tx, parcel, arrived_at)
      arrived.push(parcel)
    }
    if (arrived.length > 0) {
      await publish(
        tx,
        arrived.map(({ id, order_id }) => parcelArrived({ parcel_id: id, order_id, courier_id })),
      )
      afterCommit(tx, wake)
    }
    return arrived.map(({ id }) => id)
  })
