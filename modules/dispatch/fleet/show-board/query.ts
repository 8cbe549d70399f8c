import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { BoardRows } from '../board.ts'
import { maxBoardParcels } from '../schema.ts'
import type { FleetCourier, FleetDb, NamedParcel, RouteRow } from '../store.ts'

export type ShowBoard = () => Promise<BoardRows>

/** The open parcels, the couriers on duty or with parcels, and their routes. All streams of a process share one read. */
export const showBoard =
  ({ db }: Readonly<{ db: FleetDb }>): ShowBoard =>
  async () =>
    await readBoard(db, undefined)

const readBoard = coalesced<undefined, BoardRows>(async (db, readers) => {
  const [couriers, parcels, routes] = await Promise.all([
    sql<FleetCourier>`
      select * from dispatch.fleet_couriers as courier
      where duty <> 'off' or exists (
        select from dispatch.parcels
        where courier_id = courier.id and status in ('offered', 'accepted', 'picked_up', 'failed'))
      order by name, id`.execute(db),
    sql<NamedParcel>`
      select parcel.*, courier.name as courier_name
      from dispatch.parcels as parcel left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
      where status in ('waiting', 'offered', 'accepted', 'picked_up', 'failed')
      order by parcel.created_at, parcel.id limit ${maxBoardParcels}`.execute(db),
    sql<RouteRow>`select * from dispatch.routes`.execute(db),
  ])
  const board = { couriers: couriers.rows, parcels: parcels.rows, routes: routes.rows }
  return readers.map(() => board)
})
