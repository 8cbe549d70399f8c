import type { DeliveryDb } from '../store/tables.ts'
import type { Zone } from '../zone.ts'
import { maxZones } from '../zone-schema.ts'

/** Lists all zones in the sequence in which they count. */
export type ListZones = () => Promise<readonly Zone[]>

export const listZones =
  ({ db }: Readonly<{ db: DeliveryDb }>): ListZones =>
  () =>
    db.selectFrom('delivery.zones').selectAll().orderBy('position').orderBy('id').limit(maxZones).execute()
