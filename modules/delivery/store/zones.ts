import { queryCache } from '#platform/cache'
import { seconds } from '#platform/values'
import type { Zone } from '../zone.ts'
import type { DeliveryDb, DeliveryTx } from './tables.ts'

/** The zones to which couriers deliver. They are cached, because nearly every order needs them. */
export type ZoneCache = Readonly<{
  list: () => Promise<readonly Zone[]>
  /** Call it after the commit of a change. */
  clear: () => void
}>

export function zoneCache(db: DeliveryDb, ttl = seconds(5)): ZoneCache {
  const cache = queryCache<readonly Zone[]>({ max: 1, ttl })
  const query = () => db.selectFrom('delivery.zones').selectAll().where('is_active', '=', true).execute()
  return { list: () => cache.through('active', query), clear: cache.clear }
}

/** Returns false when the id is taken. */
export async function insertZone(tx: DeliveryTx, zone: Zone): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('delivery.zones')
    .values(columnsOf(zone))
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

export const lockZone = (tx: DeliveryTx, id: string): Promise<Zone | undefined> =>
  tx.selectFrom('delivery.zones').selectAll().where('id', '=', id).forUpdate().executeTakeFirst()

export async function updateZone(tx: DeliveryTx, zone: Zone): Promise<void> {
  await tx.updateTable('delivery.zones').set(columnsOf(zone)).where('id', '=', zone.id).execute()
}

const columnsOf = ({ name, places, ...rest }: Zone) => ({ ...rest, name: JSON.stringify(name), places: [...places] })
