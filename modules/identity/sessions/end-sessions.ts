import type { Transaction } from 'kysely'
import { afterCommit } from '#platform/db'
import type { Ending } from '../session.ts'
import type { IdentityTables } from '../tables.ts'
import type { Standings } from './standings.ts'

type Which = Readonly<{ user_id: string; only?: string; except?: string }>
type How = Readonly<{ reason: Ending; now: Date; standings: Standings }>

/** Ends living sessions of a user: all, only one, or all except one. Returns how many there were. */
export async function endSessions(
  tx: Transaction<IdentityTables>,
  { user_id, only, except }: Which,
  { reason, now, standings }: How,
): Promise<number> {
  let ending = tx
    .updateTable('identity.sessions')
    .set({ ended_at: now, ended_because: reason })
    .where('user_id', '=', user_id)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
  if (only !== undefined) ending = ending.where('id', '=', only)
  if (except !== undefined) ending = ending.where('id', '<>', except)
  const { numUpdatedRows } = await ending.executeTakeFirstOrThrow()
  afterCommit(tx, standings.forget)
  return Number(numUpdatedRows)
}
