import type { Kysely } from 'kysely'
import type { Localized } from '#platform/values'
import type { OpenHours } from '../schema.ts'
import type { DeliveryTables } from '../store.ts'

export type PickupPoint = Readonly<{
  id: string
  name: Localized
  address: Localized
  hours: readonly OpenHours[]
  timezone: string
}>
export type ListPickupPoints = () => Promise<readonly PickupPoint[]>

export const listPickupPoints =
  (db: Kysely<DeliveryTables>): ListPickupPoints =>
  () =>
    db
      .selectFrom('delivery.pickup_points')
      .select(['id', 'name', 'address', 'hours', 'timezone'])
      .where('is_active', '=', true)
      .orderBy('position')
      .orderBy('id')
      .limit(500)
      .execute()
