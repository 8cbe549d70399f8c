import { sql } from 'kysely'
import { timeCursor } from '#platform/db'
import { maxCounted, pageOf, type Window } from '#platform/outcome'
import type { Discrepancy, FleetDb } from '../store.ts'

type Filter = Readonly<{ is_resolved?: boolean | undefined; window: Window }>
export type ListDiscrepancies = (filter: Filter) => Promise<ReturnType<typeof pageOf<Discrepancy>>>

/** Discrepancies, newest first; keyset by (created_at, id). */
export const listDiscrepancies =
  ({ db }: Readonly<{ db: FleetDb }>): ListDiscrepancies =>
  async ({ is_resolved, window }) => {
    const [created_at, id] = window.cursor ?? []
    const matches = sql`(${is_resolved ?? null}::boolean is null
      or (discrepancy.resolved_at is not null) = ${is_resolved ?? null}::boolean)`
    const [{ rows }, { rows: counts }] = await Promise.all([
      sql<Discrepancy>`
        select discrepancy.*, parcel.order_number, courier.name as courier_name from dispatch.discrepancies as discrepancy
          left join dispatch.parcels as parcel on parcel.id = discrepancy.parcel_id
          left join dispatch.fleet_couriers as courier on courier.id = discrepancy.courier_id
        where ${matches} and (${created_at ?? null}::timestamptz is null
          or (discrepancy.created_at, discrepancy.id) < (${created_at ?? null}::timestamptz, ${id ?? null}::uuid))
        order by discrepancy.created_at desc, discrepancy.id desc offset ${window.offset} limit ${window.limit + 1}
      `.execute(db),
      sql<{ count: number }>`
        select count(*)::int as count from (
          select from dispatch.discrepancies as discrepancy where ${matches} limit ${maxCounted + 1}) as counted
      `.execute(db),
    ])
    return pageOf({ items: rows, counted: counts[0]?.count ?? 0, window, cursorOf: timeCursor })
  }
