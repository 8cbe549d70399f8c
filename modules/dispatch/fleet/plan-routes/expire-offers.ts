import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { after } from '#platform/values'
import { expire, pauseAfter } from '../parcel.ts'
import { saveParcel, type FleetDb, type ParcelRow } from '../store.ts'

/** The offers of one transaction. */
const maxOffers = 200

/** Takes back the offers that got no answer. Their parcels wait again; the same couriers get them after a pause. */
export const expireOffers = async (db: FleetDb, at: Date): Promise<void> =>
  await transaction(db, async (tx) => {
    const { rows } = await sql<ParcelRow>`
      select * from dispatch.parcels where status = 'offered' and offer_expires_at <= ${at}
      order by created_at, id limit ${maxOffers} for update skip locked`.execute(tx)
    for (const parcel of rows) {
      const decision = expire(parcel, at)
      if (decision.kind !== 'changed') continue
      await saveParcel(tx, parcel, { ...decision, at })
      const missed_offers = parcel.missed_offers + 1
      await sql`
        update dispatch.parcels set missed_offers = ${missed_offers}, missed_until = ${after(at, pauseAfter(missed_offers))},
          missed_by = array_append(array_remove(missed_by, ${parcel.courier_id}::uuid), ${parcel.courier_id}::uuid)
        where id = ${parcel.id}`.execute(tx)
    }
  })
