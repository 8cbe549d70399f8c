import { sql } from 'kysely'
import { deletedRows, type DeleteBatch } from '#platform/jobs'
import { after, days, type Clock } from '#platform/values'
import type { FleetDb } from '../store.ts'

type Needs = Readonly<{ db: FleetDb; now: Clock }>

/**
 * Removes the name, the phone, the address and the comment from parcels that ended a day ago: no courier needs them any more,
 * and the customer may have deleted the account. The shipment has its own copy.
 */
export const anonymiseParcels =
  ({ db, now }: Needs): DeleteBatch =>
  async (limit) =>
    deletedRows(
      await sql`
        update dispatch.parcels
        set recipient_name = null, recipient_phone = null, comment = null, tracking_hash = null, address = '""'
        where id in (
          select id from dispatch.parcels
          where status in ('delivered', 'returned', 'cancelled') and updated_at < ${after(now(), -days(1))}
            and address <> '""' limit ${limit})
      `.execute(db),
    )
