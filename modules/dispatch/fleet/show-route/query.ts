import { sql } from 'kysely'
import { notFound, type NotFound } from '#platform/outcome'
import type { FleetCourier, FleetDb, NamedParcel } from '../store.ts'

type CourierRoute = Readonly<{ kind: 'found'; courier: FleetCourier; parcels: readonly NamedParcel[] }>
export type ShowRoute = (courier_id: string) => Promise<CourierRoute | NotFound>

type OwnParcel = Readonly<{ kind: 'found'; parcel: NamedParcel }>
export type ShowOwnParcel = (order_id: string, user_id: string) => Promise<OwnParcel | NotFound>

type Needs = Readonly<{ db: FleetDb }>

/** The parcels that a courier has or that are offered to him, the oldest first. */
export const showRoute =
  ({ db }: Needs): ShowRoute =>
  async (courier_id) => {
    const courier = await db
      .selectFrom('dispatch.fleet_couriers')
      .selectAll()
      .where('id', '=', courier_id)
      .executeTakeFirst()
    if (!courier) return notFound('courier')
    const { rows: parcels } = await sql<NamedParcel>`
      select parcel.*, ${courier.name}::text as courier_name from dispatch.parcels as parcel
      where courier_id = ${courier_id} and status in ('offered', 'accepted', 'picked_up', 'failed')
      order by created_at, id limit 100
    `.execute(db)
    return { kind: 'found', courier, parcels }
  }

/** The parcel of an order for the customer who ordered it. */
export const showOwnParcel =
  ({ db }: Needs): ShowOwnParcel =>
  async (order_id, user_id) => {
    const { rows } = await sql<NamedParcel>`
      select parcel.*, courier.name as courier_name from dispatch.parcels as parcel
        left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
      where parcel.order_id = ${order_id} and parcel.user_id = ${user_id}
    `.execute(db)
    return rows[0] ? { kind: 'found', parcel: rows[0] } : notFound('parcel')
  }
