import { notFound, type NotFound } from '#platform/outcome'
import type { DeliveryDb } from '../store/tables.ts'
import type { ZoneCache } from '../store/zones.ts'

type Needs = Readonly<{ db: DeliveryDb; zones: ZoneCache }>

export type DeleteZone = (id: string) => Promise<Readonly<{ kind: 'deleted' }> | NotFound>

/** A deleted zone is no longer served. After the last zone is deleted, couriers deliver everywhere for free. */
export const deleteZone =
  ({ db, zones }: Needs): DeleteZone =>
  async (id) => {
    const { numDeletedRows } = await db.deleteFrom('delivery.zones').where('id', '=', id).executeTakeFirstOrThrow()
    zones.clear()
    return numDeletedRows === 1n ? { kind: 'deleted' } : notFound('zone')
  }
