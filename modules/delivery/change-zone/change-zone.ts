import { transaction } from '#platform/db'
import { notFound, type NotFound } from '#platform/outcome'
import type { DeliveryDb } from '../store/tables.ts'
import { lockZone, updateZone, type ZoneCache } from '../store/zones.ts'
import { refusalOfZone, type Zone } from '../zone.ts'
import type { ChangeZoneBody } from '../zone-schema.ts'

type Needs = Readonly<{ db: DeliveryDb; zones: ZoneCache }>

export type ChangeZoneOutcome =
  | Readonly<{ kind: 'changed'; zone: Zone }>
  | NonNullable<ReturnType<typeof refusalOfZone>>
  | NotFound
export type ChangeZone = (id: string, change: ChangeZoneBody) => Promise<ChangeZoneOutcome>

/** Changes the fee of later orders. Orders keep the fee that they have. */
export const changeZone =
  ({ db, zones }: Needs): ChangeZone =>
  async (id, change) => {
    const outcome = await transaction(db, async (tx): Promise<ChangeZoneOutcome> => {
      const before = await lockZone(tx, id)
      if (!before) return notFound('zone')
      const zone: Zone = { ...before, ...change }
      const wrong = refusalOfZone(zone)
      if (wrong) return wrong
      await updateZone(tx, zone)
      return { kind: 'changed', zone }
    })
    zones.clear()
    return outcome
  }
