import { sql } from 'kysely'
import { afterCommit, type AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { releaseParcels } from '../store.ts'

export type BlockCourier = (tx: AnyTx, courier_id: string) => Promise<void>

type Needs = Readonly<{ now: Clock; wake: () => void }>

/**
 * Takes a courier off duty whose account was blocked or deleted, or lost the role. The parcels that he has not picked up go to
 * others; the board says of those in his hands that their courier may not deliver.
 */
export const blockCourier =
  ({ now, wake }: Needs): BlockCourier =>
  async (tx, courier_id) => {
    const at = now()
    const { numAffectedRows } = await sql`
      update dispatch.fleet_couriers
      set duty = 'off', may_deliver = false, duty_since = ${at}, shift_ends_at = null, lat = null, lng = null, position_at = null,
          updated_at = ${at}, version = version + 1
      where id = ${courier_id}`.execute(tx)
    if (numAffectedRows !== 1n) return
    await releaseParcels(tx, { courier_id, statuses: ['offered', 'accepted'], at })
    afterCommit(tx, wake)
  }
