import assert from 'node:assert/strict'
import { sql, type RawBuilder } from 'kysely'
import type { Db } from '#platform/db'
import { eventually } from './eventually.ts'

type Race<Result> = Readonly<{
  /** A statement that takes the locks for which the runners wait. */
  lock: RawBuilder<unknown>
  /** The number of sessions that wait before the locks are released. */
  waiting: number
  start: () => Promise<Result>
}>

/**
 * Runs `lock` in a transaction, starts the runners, and commits when `waiting` sessions wait for a lock: they continue at
 * the same moment. Fails when fewer sessions wait, because the runners would not race.
 */
export async function raceFor<Result>(db: Db, { lock, waiting, start }: Race<Result>): Promise<Result> {
  const { running } = await db.transaction().execute(async (tx) => {
    await lock.execute(tx)
    const running = start()
    running.catch(() => {}) // the caller awaits it after the commit
    await eventually(
      async () => {
        const { rows } = await sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(db)
        assert.equal(rows.length, waiting, 'sessions that wait for a lock')
      },
      { within: 2500 }, // PostgreSQL ends a wait for a lock after 3 s
    )
    return { running }
  })
  return await running
}
