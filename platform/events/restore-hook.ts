import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import { ledAmong } from './operate.ts'

/** How telling the log of a restore ended. */
type Restored = Readonly<{ kind: 'done' }> | Readonly<{ kind: 'refused'; reason: 'led'; groups: readonly string[] }>

/**
 * To be run once after a logical restore, before anything consumes the log. A dump carries the transaction ids of another
 * cluster, which may lie in the future of this one: events would never come into sight. All retained events get the id of
 * this transaction, and every group begins before it; what it has heard already, the restored inbox knows. Refused while
 * a process leads a group.
 */
export async function restoreHook(db: Db): Promise<Restored> {
  return await transaction(db, async (tx) => {
    const { rows } = await sql<{
      consumer_group: string
    }>`select consumer_group from platform.consumer order by consumer_group`.execute(tx)
    const led = await ledAmong(
      tx,
      rows.map(({ consumer_group }) => consumer_group),
    )
    if (led.length > 0) return { kind: 'refused', reason: 'led', groups: led }
    await sql`set local statement_timeout = 0`.execute(tx)
    await sql`set local transaction_timeout = 0`.execute(tx)
    await sql`
      update platform.consumer set snapshot = pg_current_snapshot(), open_window = null, position = 0, owner = null, crashes = 0, suspect = null
    `.execute(tx)
    await sql`update platform.event set tx = pg_current_xact_id()`.execute(tx)
    await sql`
      select setval(pg_get_serial_sequence('platform.event', 'id'), max(id)) from platform.event having max(id) is not null
    `.execute(tx)
    return { kind: 'done' }
  })
}
