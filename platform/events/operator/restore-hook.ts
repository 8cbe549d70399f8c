import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import type { Refused } from '#platform/outcome'
import { ledGroups } from './operate.ts'

/** The work of the hook, for a restore that runs it in the transaction which loads the log. */
export const restoreStatements: readonly string[] = [
  // The current snapshot would see this transaction, if a later one has ended: it lists only those of others as running.
  `update platform.consumer set snapshot = format('%s:%s:', first, first)::pg_snapshot, open_window = null, position = 0, owner = null,
     lost_leaders = '{}', isolated_event_id = null, isolated_by = null
   from (select least(pg_snapshot_xmin(pg_current_snapshot()), pg_current_xact_id()) as first) unread`,
  'update platform.event set tx = pg_current_xact_id()',
  `select setval(pg_get_serial_sequence('platform.event', 'id'), max(id)) from platform.event having max(id) is not null`,
]

/** Keeps a database from taking events of other services until the transaction ends. Events go on inside the database. */
export const pauseIngest = 'lock table platform.ingested in share mode'

type RestoreOutcome = Readonly<{ kind: 'done' }> | (Refused<'led'> & Readonly<{ groups: readonly string[] }>)

/**
 * Run it once after a logical restore, before any process consumes the log. A dump carries the transaction ids of another
 * cluster, which may lie in the future of this one: its events would never become visible. All events get the id of this
 * transaction, and every group starts before it; the restored inbox recognises what the group has handled. Refused with
 * `led` while a process leads a group.
 */
export async function restoreHook(db: Db): Promise<RestoreOutcome> {
  return await transaction(db, async (tx) => {
    const led = await ledGroups(tx)
    if (led.length > 0) return { kind: 'refused', reason: 'led', groups: led }
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`set local transaction_timeout = 0`.execute(tx)
    for (const statement of restoreStatements) await sql.raw(statement).execute(tx)
    return { kind: 'done' }
  })
}
