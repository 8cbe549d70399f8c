import type { Pool } from 'pg'

export const channel = 'platform_events'

/** The payload of a notification that leaders and candidates have changed; otherwise it is the id of a process that published. */
export const claimsChanged = 'claims'

/** Wakes other processes. A statement of its own, never in a business transaction: NOTIFY serializes commits. */
export const notifyOthers = async (pool: Pool, payload: string): Promise<void> => {
  await pool.query('select pg_notify($1, $2)', [channel, payload])
}
