import { sql } from 'kysely'
import { transaction } from '#platform/db'
import { expire } from '../parcel.ts'
import { saveParcel, type FleetDb, type ParcelRow } from '../store.ts'

/** The offers of one transaction. */
const maxOffers = 200

/** Takes back the offers that got no answer. Their parcels wait again, and are not offered to the same couriers. */
export const expireOffers = async (db: FleetDb, at: Date): Promise<void> =>
  await transaction(db, async (tx) => {
    const { rows } = await sql<ParcelRow>`
      select * from dispatch.parcels where status = 'offered' and offer_expires_at <= ${at}
      order by created_at, id limit ${maxOffers} for update skip locked`.execute(tx)
    for (const parcel of rows) {
      const decision = expire(parcel, at)
      if (decision.kind === 'changed') await saveParcel(tx, parcel, { ...decision, at })
    }
  })
