import { queryCache } from '#platform/cache'
import { seconds } from '#platform/values'
import type { PickupPoint } from '../pickup-point.ts'
import type { DeliveryDb, DeliveryTx } from './tables.ts'

/** The ids of the open pickup points. They are cached, because nearly every order needs them. */
export type OpenPoints = Readonly<{
  list: () => Promise<readonly string[]>
  /** Call it after the commit of a change. */
  clear: () => void
}>

export function openPoints(db: DeliveryDb, ttl = seconds(5)): OpenPoints {
  const cache = queryCache<readonly string[]>({ max: 1, ttl })
  const query = async () => {
    const rows = await db.selectFrom('delivery.pickup_points').select('id').where('is_active', '=', true).execute()
    return rows.map(({ id }) => id)
  }
  return { list: () => cache.through('open', query), clear: cache.clear }
}

/** Returns false when the id is taken. */
export async function insertPickupPoint(tx: DeliveryTx, point: PickupPoint): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.pickup_points')
    .values(columnsOf(point))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export const lockPickupPoint = (tx: DeliveryTx, id: string): Promise<PickupPoint | undefined> =>
  tx.selectFrom('delivery.pickup_points').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function updatePickupPoint(tx: DeliveryTx, point: PickupPoint): Promise<void> {
  await tx.updateTable('delivery.pickup_points').set(columnsOf(point)).where('id', '=', point.id).execute()
}

const columnsOf = ({ name, address, hours, ...rest }: PickupPoint) => ({
  ...rest,
  name: JSON.stringify(name),
  address: JSON.stringify(address),
  hours: JSON.stringify(hours),
})
