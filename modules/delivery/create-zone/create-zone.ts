import { transaction } from '#platform/db'
import type { Refused, StoreResponse } from '#platform/outcome'
import { canonicalJson } from '#platform/values'
import type { DeliveryDb } from '../store/tables.ts'
import { insertZone, lockZone, type ZoneCache } from '../store/zones.ts'
import { refusalOfZone, type Zone } from '../zone.ts'
import type { CreateZoneBody } from '../zone-schema.ts'

type Needs = Readonly<{ db: DeliveryDb; zones: ZoneCache }>

type CreateZoneInput = CreateZoneBody & Readonly<{ operation_id: string }>
export type CreatedZone = Readonly<{ kind: 'created'; zone: Zone }>
export type CreateZoneOutcome = CreatedZone | NonNullable<ReturnType<typeof refusalOfZone>> | Refused<'id-taken'>
export type CreateZone = (
  input: CreateZoneInput,
  storeResponse: StoreResponse<CreatedZone>,
) => Promise<CreateZoneOutcome>

const defaults = {
  places: [],
  lat: null,
  lng: null,
  radius_m: null,
  currency: 'RUB',
  minimum_total: null,
  free_from: null,
  earliest_minutes: null,
  latest_minutes: null,
  position: 0,
  is_active: true,
}

/** Idempotent by id: a repeated request returns the zone that the first one created. */
export const createZone =
  ({ db, zones }: Needs): CreateZone =>
  async ({ operation_id, id = operation_id, ...input }, storeResponse) => {
    const zone: Zone = { ...defaults, ...input, id: id.toLowerCase() }
    const wrong = refusalOfZone(zone)
    if (wrong) return wrong
    const outcome = await transaction(db, async (tx): Promise<CreateZoneOutcome> => {
      if (!(await insertZone(tx, zone))) {
        const existing = await lockZone(tx, zone.id)
        const isSame = existing !== undefined && canonicalJson(existing) === canonicalJson(zone)
        return isSame ? { kind: 'created', zone: existing } : { kind: 'refused', reason: 'id-taken' }
      }
      const created = { kind: 'created', zone } as const
      await storeResponse(tx, created)
      return created
    })
    zones.clear()
    return outcome
  }
