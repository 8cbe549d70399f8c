import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'pg'
import { openDb } from '#platform/db'
import { outboxStatus } from '#platform/events'

/** Waits for the events of an app over a connection whose statements are not counted. */
export type EventWatch = Readonly<{
  /** Resolves when every consumer group has handled every event. */
  untilHandled: () => Promise<void>
  close: () => Promise<void>
}>

export function watchEvents(url: string): EventWatch {
  const pool = new Pool({ connectionString: url, max: 1, options: '-c pg_stat_statements.track=none' })
  const db = openDb(pool)
  const areHandled = async () => (await outboxStatus(db)).every(({ lag_events }) => lag_events === 0)
  return {
    untilHandled: async () => {
      while (!(await areHandled())) await sleep(10)
    },
    close: () => pool.end(),
  }
}
