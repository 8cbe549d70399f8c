import { sql } from 'kysely'
import { afterCommit, type AnyTx } from '#platform/db'
import type { Clock } from '#platform/values'
import { mayDeliver, releaseParcels, saveAccount, type AccountChange } from '../store.ts'

type FollowAccountInput = Readonly<{ courier_id: string; change: AccountChange }>
export type FollowAccount = (tx: AnyTx, input: FollowAccountInput) => Promise<void>

type Needs = Readonly<{ now: Clock; wake: () => void }>

/**
 * Stores what happened to an account, also before its user is on duty for the first time, and takes a courier off duty who may no
 * longer deliver. The parcels that he has not picked up go to others; the board says of those in his hands that their courier may
 * not deliver.
 */
export const followAccount =
  ({ now, wake }: Needs): FollowAccount =>
  async (tx, { courier_id, change }) => {
    const account = await saveAccount(tx, courier_id, change)
    const at = now()
    if (mayDeliver(account)) return await allowDeliveries(tx, courier_id, at)
    if (!(await endDuty(tx, courier_id, at))) return
    await releaseParcels(tx, { courier_id, statuses: ['offered', 'accepted'], at })
    afterCommit(tx, wake)
  }

async function allowDeliveries(tx: AnyTx, courier_id: string, at: Date): Promise<void> {
  await sql`
    update dispatch.fleet_couriers set may_deliver = true, updated_at = ${at}, version = version + 1
    where id = ${courier_id} and not may_deliver`.execute(tx)
}

/** False when the user has never been on duty. */
async function endDuty(tx: AnyTx, courier_id: string, at: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update dispatch.fleet_couriers
    set duty = 'off', may_deliver = false, duty_since = ${at}, shift_ends_at = null, lat = null, lng = null, position_at = null,
        updated_at = ${at}, version = version + 1
    where id = ${courier_id}`.execute(tx)
  return numAffectedRows === 1n
}
