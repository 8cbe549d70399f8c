import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { FleetCourier, FleetDb, NamedParcel, ParcelRow, RouteRow } from '../store.ts'

type CourierRoute = Readonly<{
  kind: 'found'
  courier: FleetCourier
  stops: RouteRow['stops']
  parcels: readonly NamedParcel[]
}>
export type ShowRoute = (courier_id: string) => Promise<CourierRoute | NotFound>

type Needs = Readonly<{ db: FleetDb }>

/** The route of a courier, and the parcels that he has or that are offered to him, in the order of visits. */
export const showRoute =
  ({ db }: Needs): ShowRoute =>
  async (courier_id) => {
    const { rows } = await sql<FleetCourier & { stops: RouteRow['stops']; parcels: readonly string[] }>`
      select courier.*, coalesce(route.stops, '[]') as stops
      from dispatch.fleet_couriers as courier left join dispatch.routes as route on route.courier_id = courier.id
      where courier.id = ${courier_id}`.execute(db)
    const [courier] = rows
    if (!courier) return notFound('courier')
    const { rows: parcels } = await sql<ParcelRow>`
      select * from dispatch.parcels
      where courier_id = ${courier_id} and status in ('offered', 'accepted', 'picked_up', 'failed')
      order by created_at, id limit 100
    `.execute(db)
    const places = new Map(courier.stops.map(({ order_id }, index) => [order_id, index]))
    const placeOf = ({ id }: ParcelRow) => places.get(id) ?? courier.stops.length
    const own = new Set(parcels.map(({ id }) => id))
    return {
      kind: 'found',
      courier,
      // The route also has parcels that are not offered yet: they may still go to another courier.
      stops: courier.stops.filter(({ order_id }) => own.has(order_id)),
      parcels: parcels
        .toSorted((one, other) => placeOf(one) - placeOf(other))
        .map((parcel) => ({ ...parcel, courier_name: courier.name })),
    }
  }
