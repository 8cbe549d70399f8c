import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { DispatchApi } from '../../api.ts'
import { ownParcelViewOf } from '../parcel-view.ts'
import type { OwnParcelView } from '../schema.ts'
import type { FleetDb, NamedParcel, RouteRow } from '../store.ts'

type OwnParcel = Readonly<{ kind: 'found'; parcel: OwnParcelView }>
export type ShowOwnParcel = (order_id: string, user_id: string) => Promise<OwnParcel | NotFound>

type Needs = Readonly<{ db: FleetDb }>
type Planned = NamedParcel & { stop: RouteRow['stops'][number] | null }

/** The parcel of an order for the customer who ordered it, with the planned time of its delivery. */
export const showOwnParcel =
  ({ db }: Needs): ShowOwnParcel =>
  async (order_id, user_id) => {
    const found = await findParcelOf(db, order_id)
    if (found?.user_id !== user_id) return notFound('parcel')
    return { kind: 'found', parcel: ownParcelViewOf(found) }
  }

/** The same for the buyer whom the caller knows, such as a guest by the private link. */
export const parcelOf =
  ({ db }: Needs): DispatchApi['parcelOf'] =>
  async (order_id) => {
    const found = await findParcelOf(db, order_id)
    return found ? { kind: 'found', parcel: ownParcelViewOf(found) } : notFound('parcel')
  }

async function findParcelOf(db: FleetDb, order_id: string): Promise<Planned | undefined> {
  const { rows } = await sql<Planned>`
    select parcel.*, courier.name as courier_name, planned.stop
    from dispatch.parcels as parcel
      left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
      left join lateral (
        select stop from dispatch.routes cross join lateral jsonb_array_elements(stops) as stop
        where parcel.status in ('waiting', 'offered', 'accepted', 'picked_up')
          and stop ->> 'order_id' = parcel.id::text and stop ->> 'kind' = 'dropoff' limit 1) as planned on true
    where parcel.order_id = ${order_id}
  `.execute(db)
  return rows[0]
}
