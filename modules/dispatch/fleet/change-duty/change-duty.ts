import { sql } from 'kysely'
import { afterCommit, transaction, type AnyTx } from '#platform/db'
import type { Refused } from '#platform/outcome'
import { after, hours, type Clock } from '#platform/values'
import type { ChangeDutyBody } from '../schema.ts'
import { mayDeliver, releaseParcels, saveAccount, type FleetCourier, type FleetDb, type FleetTx } from '../store.ts'

type ChangeDutyInput = ChangeDutyBody & Readonly<{ courier_id: string }>
export type ChangeDutyOutcome =
  | Readonly<{ kind: 'changed'; courier: FleetCourier }>
  | Refused<'name-missing' | 'wrong-shift-end' | 'may-not-deliver'>
export type ChangeDuty = (input: ChangeDutyInput) => Promise<ChangeDutyOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

type Vehicle = Pick<FleetCourier, 'speed_kmh' | 'capacity_grams' | 'capacity_litres' | 'most_parcels' | 'skills'>
const walker: Vehicle = { speed_kmh: 15, capacity_grams: 15_000, capacity_litres: 40, most_parcels: 5, skills: [] }
const usualShift = hours(12)
const longestShift = hours(24)

/**
 * A courier goes on duty, takes a break or goes off duty, and may send the position. Offers without an answer go back when
 * the duty ends or pauses; at its end those go back too that the courier has accepted and not picked up. Off duty the
 * position is deleted. The permission of the request may be older than the account, which decides here.
 */
export const changeDuty =
  ({ db, now, wake }: Needs): ChangeDuty =>
  async ({ courier_id, ...body }) =>
    await transaction(db, async (tx): Promise<ChangeDutyOutcome> => {
      const at = now()
      const may_deliver = mayDeliver(await saveAccount(tx, courier_id))
      if (!may_deliver && body.duty !== 'off') return { kind: 'refused', reason: 'may-not-deliver' }
      const existing = await lockCourier(tx, courier_id)
      const name = body.name?.trim() || existing?.name
      if (!name) return { kind: 'refused', reason: 'name-missing' }
      const shift_ends_at = shiftEndOf(body, existing, at)
      if (shift_ends_at === 'wrong') return { kind: 'refused', reason: 'wrong-shift-end' }
      const courier = await saveCourier(tx, {
        id: courier_id,
        name,
        duty: body.duty,
        may_deliver,
        ...vehicleOf(body, existing),
        ...positionOf(body, existing, at),
        duty_since: existing?.duty === body.duty ? existing.duty_since : at,
        shift_ends_at,
        updated_at: at,
      })
      // Staff may give a parcel to a courier who is off duty: he has it until his duty begins and ends.
      if (body.duty !== 'on' && body.duty !== existing?.duty) {
        const statuses = body.duty === 'off' ? (['offered', 'accepted'] as const) : (['offered'] as const)
        await releaseParcels(tx, { courier_id, statuses, at })
      }
      afterCommit(tx, wake)
      return { kind: 'changed', courier }
    })

/** The foreign keys of parcels do not wait for this lock. */
async function lockCourier(tx: AnyTx, id: string): Promise<FleetCourier | undefined> {
  const { rows } = await sql<FleetCourier>`
    select * from dispatch.fleet_couriers where id = ${id} for no key update`.execute(tx)
  return rows[0]
}

function shiftEndOf(body: ChangeDutyBody, existing: FleetCourier | undefined, at: Date): Date | null | 'wrong' {
  if (body.duty === 'off') return null
  if (body.shift_ends_at !== undefined) {
    const end = new Date(body.shift_ends_at)
    return end > at && end <= after(at, longestShift) ? end : 'wrong'
  }
  const current = existing?.shift_ends_at
  return current && current > at ? current : after(at, usualShift)
}

function positionOf({ duty, position }: ChangeDutyBody, existing: FleetCourier | undefined, at: Date) {
  if (duty === 'off') return { lat: null, lng: null, position_at: null }
  if (position) return { ...position, position_at: at }
  return { lat: existing?.lat ?? null, lng: existing?.lng ?? null, position_at: existing?.position_at ?? null }
}

const vehicleOf = (body: ChangeDutyBody, existing: Vehicle = walker): Vehicle => ({
  speed_kmh: body.speed_kmh ?? existing.speed_kmh,
  capacity_grams: body.capacity_grams ?? existing.capacity_grams,
  capacity_litres: body.capacity_litres ?? existing.capacity_litres,
  most_parcels: body.most_parcels ?? existing.most_parcels,
  skills: body.skills ?? existing.skills,
})

async function saveCourier(tx: FleetTx, row: Omit<FleetCourier, 'version'>): Promise<FleetCourier> {
  return await tx
    .insertInto('dispatch.fleet_couriers')
    .values(row)
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({ ...row, version: sql`dispatch.fleet_couriers.version + 1` }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}
