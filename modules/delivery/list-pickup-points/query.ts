import type { PickupPoint } from '../pickup-point.ts'
import { maxPickupPoints } from '../schema.ts'
import type { DeliveryDb } from '../store/tables.ts'

/** Lists the pickup points in their order; `all` includes the closed ones. */
export type ListPickupPoints = (selection: 'open' | 'all') => Promise<readonly PickupPoint[]>

type Needs = Readonly<{ db: DeliveryDb }>

export const listPickupPoints =
  ({ db }: Needs): ListPickupPoints =>
  (selection) =>
    db
      .selectFrom('delivery.pickup_points')
      .selectAll()
      .$if(selection === 'open', (query) => query.where('is_active', '=', true))
      .orderBy('position')
      .orderBy('id')
      .limit(maxPickupPoints)
      .execute()
