import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import { after, minutes, type Clock } from '#platform/values'
import { firstNameOf } from '../parcel-view.ts'
import { isOpen } from '../parcel.ts'
import { momentOf } from '../planning.ts'
import type { TrackedParcelView } from '../schema.ts'
import type { FleetDb, NamedParcel, RouteRow } from '../store.ts'

type FoundParcel = Readonly<{ kind: 'found'; parcel: TrackedParcelView; isOver: boolean }>
export type TrackParcel = (token: string) => Promise<FoundParcel | NotFound>

type Needs = Readonly<{ db: FleetDb; now: Clock }>

type Tracked = NamedParcel & {
  tracking_hash: string
  lat: number | null
  lng: number | null
  position_at: Date | null
  stops: RouteRow['stops'] | null
}

/** A position that is older says nothing about where the courier is. */
const freshness = minutes(10)

/**
 * The parcel of a tracking link: no address and no PIN. The position of the courier is shown while this customer is the next one, because
 * before that it would show the addresses of others. `isOver` once the parcel is delivered, or comes back: the link then shows nothing.
 */
export const trackParcel =
  ({ db, now }: Needs): TrackParcel =>
  async (token) => {
    const parcel = await findTracked(db, createHash('sha256').update(token).digest('base64url'))
    if (!parcel) return notFound('parcel')
    const { status, arrived_at, lat, lng, position_at } = parcel
    const stops = parcel.stops ?? []
    const index = stops.findIndex(({ order_id, kind }) => order_id === parcel.id && kind === 'dropoff')
    const stop = isOpen(parcel) ? stops[index] : undefined
    const isUnderWay = status === 'picked_up'
    const isNext = isUnderWay && (arrived_at !== null || index === 0)
    const isFresh = position_at !== null && position_at > after(now(), -freshness)
    return {
      kind: 'found',
      isOver: !isOpen(parcel),
      parcel: {
        status,
        courier_name: isUnderWay ? firstNameOf(parcel.courier_name) : null,
        expected_at: stop ? momentOf(stop.begins_at).toISOString() : null,
        stops_before: isUnderWay && stop ? index : null,
        position: isNext && isFresh && lat !== null && lng !== null ? { lat, lng } : null,
        arrived: isUnderWay && arrived_at !== null,
      },
    }
  }

/** One statement for all streams of the process. */
const findTracked = coalesced<string, Tracked | undefined>(async (db, hashes) => {
  const { rows } = await sql<Tracked>`
    select parcel.*, courier.name as courier_name, courier.lat, courier.lng, courier.position_at, route.stops
    from dispatch.parcels as parcel
      left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
      left join lateral (
        select stops from dispatch.routes
        where parcel.status in ('waiting', 'offered', 'accepted', 'picked_up')
          and stops @> jsonb_build_array(jsonb_build_object('order_id', parcel.id)) limit 1) as route on true
    where parcel.tracking_hash = any(${[...new Set(hashes)]}::text[])
  `.execute(db)
  const byHash = new Map(rows.map((row) => [row.tracking_hash, row]))
  return hashes.map((hash) => byHash.get(hash))
})
