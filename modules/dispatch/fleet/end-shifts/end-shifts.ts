import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import type { Clock } from '#platform/values'
import { releaseParcels, type FleetDb } from '../store.ts'

export type EndShifts = () => Promise<number>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

/**
 * Takes couriers off duty whose shift has ended and who have no parcel in their hands, and deletes their positions. A courier
 * who still brings parcels stays on duty until the last one.
 */
export const endShifts =
  ({ db, now, wake }: Needs): EndShifts =>
  async () =>
    await transaction(db, async (tx) => {
      const at = now()
      const { rows } = await sql<{ id: string }>`
        update dispatch.fleet_couriers
        set duty = 'off', duty_since = ${at}, shift_ends_at = null, lat = null, lng = null, position_at = null,
            updated_at = ${at}, version = version + 1
        where id in (
          select id from dispatch.fleet_couriers as courier
          where shift_ends_at <= ${at} and not exists (
            select from dispatch.parcels where courier_id = courier.id and status in ('picked_up', 'failed'))
          order by id for no key update skip locked)
        returning id`.execute(tx)
      for (const { id } of rows) await releaseParcels(tx, { courier_id: id, statuses: ['offered', 'accepted'], at })
      if (rows.length > 0) afterCommit(tx, wake)
      return rows.length
    })
