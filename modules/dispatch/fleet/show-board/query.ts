import { sql } from 'kysely'
import { coalesced } from '#platform/db'
import type { Clock } from '#platform/values'
import type { BoardRows } from '../board.ts'
import { maxBoardDiscrepancies, maxBoardParcels } from '../board-schema.ts'
import { listOpenDiscrepancies, type FleetCourier, type FleetDb, type NamedParcel, type RouteRow } from '../store.ts'

export type ShowBoard = () => Promise<BoardRows>

/** The open parcels, the couriers on duty or with parcels, their routes, and the open discrepancies. All streams of a process share one read. */
export const showBoard =
  ({ db, now }: Readonly<{ db: FleetDb; now: Clock }>): ShowBoard =>
  async () => ({ ...(await readBoard(db, undefined)), now: now() })

const readBoard = coalesced<undefined, Omit<BoardRows, 'now'>>(async (db, readers) => {
  const [couriers, parcels, routes, discrepancies] = await Promise.all([
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
    listOpenDiscrepancies(db, maxBoardDiscrepancies),
  ])
  const board = { couriers: couriers.rows, parcels: parcels.rows, routes: routes.rows, discrepancies }
  return readers.map(() => board)
})
