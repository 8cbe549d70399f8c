import type { Kysely } from 'kysely'
import type { Localized } from '#platform/values'
import type { DeliveryTables } from '../tables.ts'
import type { OpenHours } from './open-hours.ts'

export type PickupPoint = Readonly<{
  id: string
  name: Localized
  address: Localized
  hours: readonly OpenHours[]
  timezone: string
}>
export type PickupPoints = () => Promise<readonly PickupPoint[]>

export const pickupPoints =
  (db: Kysely<DeliveryTables>): PickupPoints =>
  () =>
    db
      .selectFrom('delivery.pickup_points')
      .select(['id', 'name', 'address', 'hours', 'timezone'])
      .where('is_active', '=', true)
      .orderBy('position')
      .orderBy('id')
      .limit(500)
      .execute()
