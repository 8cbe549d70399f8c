import type { Kysely } from 'kysely'
import type { PickupPoint } from '../pickup-point-view.ts'
import type { DeliveryTables } from '../store.ts'

export type ListPickupPoints = () => Promise<readonly PickupPoint[]>

type Needs = Readonly<{ db: Kysely<DeliveryTables> }>

export const listPickupPoints =
  ({ db }: Needs): ListPickupPoints =>
  () =>
    db
      .selectFrom('delivery.pickup_points')
      .select(['id', 'name', 'address', 'hours', 'timezone'])
      .where('is_active', '=', true)
      .orderBy('position')
      .orderBy('id')
      .limit(500)
      .execute()
