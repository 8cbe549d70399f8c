import { sql } from 'kysely'
import { timeCursor } from '#platform/db'
import { maxCounted, pageOf, type Window } from '#platform/outcome'
import type { ParcelStatus } from '../schema.ts'
import type { FleetDb, NamedParcel } from '../store.ts'

type Filter = Readonly<{ status?: ParcelStatus | undefined; window: Window }>
export type ListParcels = (filter: Filter) => Promise<ReturnType<typeof pageOf<NamedParcel>>>

/** Parcels, newest first; keyset by (created_at, id). */
export const listParcels =
  ({ db }: Readonly<{ db: FleetDb }>): ListParcels =>
  async ({ status, window }) => {
    const [created_at, id] = window.cursor ?? []
    const [{ rows }, { rows: counts }] = await Promise.all([
      sql<NamedParcel>`
        select parcel.*, courier.name as courier_name from dispatch.parcels as parcel
          left join dispatch.fleet_couriers as courier on courier.id = parcel.courier_id
        where (${status ?? null}::text is null or parcel.status = ${status ?? null})
          and (${created_at ?? null}::timestamptz is null
            or (parcel.created_at, parcel.id) < (${created_at ?? null}::timestamptz, ${id ?? null}::uuid))
        order by parcel.created_at desc, parcel.id desc offset ${window.offset} limit ${window.limit + 1}
      `.execute(db),
      sql<{ count: number }>`
        select count(*)::int as count from (
          select from dispatch.parcels
          where ${status ?? null}::text is null or status = ${status ?? null} limit ${maxCounted + 1}) as counted
      `.execute(db),
    ])
    return pageOf({
      items: rows,
      counted: counts[0]?.count ?? 0,
      window,
      cursorOf: timeCursor,
    })
  }
