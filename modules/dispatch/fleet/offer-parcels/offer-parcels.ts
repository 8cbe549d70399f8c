import { sql } from 'kysely'
import { transaction, type AnyTx } from '#platform/db'
import { after, type Clock } from '#platform/values'
import { chooseCouriers, type Candidate } from '../choose-courier.ts'
import { expire, offer } from '../parcel.ts'
import { pointOf } from '../point.ts'
import { saveParcel, type FleetCourier, type FleetDb, type ParcelRow } from '../store.ts'

/** `open`: parcels that wait for a courier or for the answer to an offer. */
export type OfferParcels = () => Promise<Readonly<{ offered: number; open: number }>>

type Needs = Readonly<{
  db: FleetDb
  now: Clock
  /** Milliseconds in which a courier may answer. */
  offerTime: number
}>

/** The oldest parcels of one run. */
const mostParcels = 200

/**
 * Takes back the offers that got no answer, and offers every waiting parcel to a courier on duty with room for it. Without
 * such a courier the parcel waits, and staff may deliver it by hand.
 */
export const offerParcels =
  ({ db, now, offerTime }: Needs): OfferParcels =>
  async () =>
    await transaction(db, async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('dispatch.offer-parcels'))`.execute(tx)
      const at = now()
      await expireOffers(tx, at)
      const waiting = await lockParcels(tx, 'waiting')
      const candidates = waiting.length > 0 ? await candidatesOf(tx) : []
      const choices = chooseCouriers(
        waiting.map((parcel) => ({ ...parcel, point: pointOf(parcel.address) })),
        candidates,
      )
      const byId = new Map(waiting.map((parcel) => [parcel.id, parcel]))
      const expires_at = after(at, offerTime)
      for (const { parcel_id, courier_id, reason } of choices) {
        const parcel = byId.get(parcel_id)!
        const decision = offer(parcel, { courier_id, expires_at, assignment: reason })
        if (decision.kind === 'changed') await saveParcel(tx, parcel, { ...decision, at })
      }
      return { offered: choices.length, open: waiting.length }
    })

async function expireOffers(tx: AnyTx, at: Date): Promise<void> {
  for (const parcel of await lockParcels(tx, 'offered')) {
    const decision = expire(parcel, at)
    if (decision.kind === 'changed') await saveParcel(tx, parcel, { ...decision, at })
  }
}

async function lockParcels(tx: AnyTx, status: 'waiting' | 'offered'): Promise<readonly ParcelRow[]> {
  const { rows } = await sql<ParcelRow>`
    select * from dispatch.parcels where status = ${status}
    order by created_at, id limit ${mostParcels} for update skip locked`.execute(tx)
  return rows
}

/** The couriers on duty with the parcels that they have. */
async function candidatesOf(tx: AnyTx): Promise<readonly Candidate[]> {
  const { rows: couriers } = await sql<FleetCourier>`
    select * from dispatch.fleet_couriers where duty = 'on' order by id`.execute(tx)
  const { rows: parcels } = await sql<ParcelRow>`
    select * from dispatch.parcels
    where status in ('offered', 'accepted', 'picked_up') and courier_id = any(${couriers.map(({ id }) => id)}::uuid[])
    order by created_at, id`.execute(tx)
  const byCourier = Map.groupBy(parcels, ({ courier_id }) => courier_id)
  return couriers.map(({ lat, lng, ...courier }) => ({
    ...courier,
    position: lat === null || lng === null ? null : { lat, lng },
    carries: (byCourier.get(courier.id) ?? []).map((parcel) => ({ ...parcel, point: pointOf(parcel.address) })),
  }))
}
