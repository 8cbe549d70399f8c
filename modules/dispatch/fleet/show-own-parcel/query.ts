import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import { momentOf } from '../planning.ts'
import type { FleetDb, NamedParcel, RouteRow } from '../store.ts'

type OwnParcel = Readonly<{ kind: 'found'; parcel: NamedParcel; expected_at: Date | null }>
export type ShowOwnParcel = (order_id: string, user_id: string) => Promise<OwnParcel | NotFound>

type Needs = Readonly<{ db: FleetDb }>

/** The parcel of an order for the customer who ordered it, with the planned time of its delivery. */
export const showOwnParcel =
  ({ db }: Needs): ShowOwnParcel =>
  async (order_id, user_id) => {
    const { rows } = await sql<NamedParcel & { stop: RouteRow['stops'][number] | null }>`
      select parcel.*, courier.name as courier_name, planned.stop
      from dispatch.parcels as parcel
        left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
        left join lateral (
          select stop from dispatch.routes cross join lateral jsonb_array_elements(stops) as stop
          where parcel.status in ('waiting', 'offered', 'accepted', 'picked_up')
            and stop ->> 'order_id' = parcel.id::text and stop ->> 'kind' = 'dropoff' limit 1) as planned on true
      where parcel.order_id = ${order_id} and parcel.user_id = ${user_id}
    `.execute(db)
    const [parcel] = rows
    if (!parcel) return notFound('parcel')
    return { kind: 'found', parcel, expected_at: parcel.stop && momentOf(parcel.stop.begins_at) }
  }
