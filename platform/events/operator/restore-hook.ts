import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import type { Refused } from '#platform/outcome'
import { ledGroups } from './operate.ts'

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
    await sql`
      update platform.consumer set snapshot = pg_current_snapshot(), open_window = null, position = 0, owner = null,
        lost_leaders = '{}', isolated_event_id = null, isolated_by = null
    `.execute(tx)
    await sql`update platform.event set tx = pg_current_xact_id()`.execute(tx)
    await sql`
      select setval(pg_get_serial_sequence('platform.event', 'id'), max(id)) from platform.event having max(id) is not null
    `.execute(tx)
    return { kind: 'done' }
  })
}
