import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import type { Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import type { ChangeDutyBody } from '../schema.ts'
import type { FleetCourier, FleetDb } from '../store.ts'

type ChangeDutyInput = ChangeDutyBody & Readonly<{ courier_id: string }>
export type ChangeDutyOutcome = Readonly<{ kind: 'changed'; courier: FleetCourier }> | Refused<'name-missing'>
export type ChangeDuty = (input: ChangeDutyInput) => Promise<ChangeDutyOutcome>

type Needs = Readonly<{ db: FleetDb; now: Clock; wake: () => void }>

const walker = { speed_kmh: 15, capacity_grams: 15_000, most_parcels: 5 }

/**
 * A courier goes on duty, takes a break or goes off duty, and may send the position. Offers without an answer go back when
 * the duty ends; accepted parcels stay. Off duty the position is deleted.
 */
export const changeDuty =
  ({ db, now, wake }: Needs): ChangeDuty =>
  async ({ courier_id, duty, name, position, ...vehicle }) =>
    await transaction(db, async (tx): Promise<ChangeDutyOutcome> => {
      const at = now()
      const existing = await tx
        .selectFrom('dispatch.fleet_couriers')
        .selectAll()
        .where('id', '=', courier_id)
        .forUpdate()
        .executeTakeFirst()
      const named = name?.trim() || existing?.name
      if (!named) return { kind: 'refused', reason: 'name-missing' }
      const place =
        duty === 'off'
          ? { lat: null, lng: null, position_at: null }
          : position
            ? { ...position, position_at: at }
            : { lat: existing?.lat ?? null, lng: existing?.lng ?? null, position_at: existing?.position_at ?? null }
      const facts = { ...walker, ...onlyVehicle(existing), ...defined(vehicle) }
      const row = { id: courier_id, name: named, duty, ...facts, ...place, updated_at: at }
      const courier = await tx
        .insertInto('dispatch.fleet_couriers')
        .values(row)
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .returningAll()
        .executeTakeFirstOrThrow()
      if (duty !== 'on')
        await sql`
          update dispatch.parcels set status = 'waiting', courier_id = null, offer_expires_at = null, updated_at = ${at},
            version = version + 1
          where courier_id = ${courier_id} and status = 'offered'`.execute(tx)
      afterCommit(tx, wake)
      return { kind: 'changed', courier }
    })

type Vehicle = Readonly<{ speed_kmh: number; capacity_grams: number; most_parcels: number }>

const onlyVehicle = (courier: Vehicle | undefined): Partial<Vehicle> =>
  courier
    ? { speed_kmh: courier.speed_kmh, capacity_grams: courier.capacity_grams, most_parcels: courier.most_parcels }
    : {}

const defined = (vehicle: { [Field in keyof Vehicle]?: number | undefined }): Partial<Vehicle> =>
  Object.fromEntries(Object.entries(vehicle).filter(([, value]) => value !== undefined))
