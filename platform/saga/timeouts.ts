import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import type { Clock } from '#platform/values'
import type { WatchedSaga } from './saga.ts'

type Needs = Readonly<{
  db: Db
  sagas: readonly WatchedSaga[]
  now: Clock
  /** Milliseconds between two queries. */
  interval: number
  onError: (error: unknown) => void
}>

/** Overdue instances of one query. After a full batch the next query follows at once. */
const batch = 100

/**
 * Watches the timeouts of all running sagas until stopped. Every process may watch: the lock of an instance lets one of
 * them handle it. An instance whose step throws stays overdue for the next query and does not delay the others.
 */
export function watchTimeouts(needs: Needs): { stop: () => Promise<void> } {
  let stopping = false
  let wake = () => {}
  const watching = (async () => {
    while (!stopping) {
      const handled = await handleTimeouts(needs).catch((error: unknown) => {
        needs.onError(error)
        return 0
      })
      if (handled === batch) continue
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, needs.interval)
        wake = () => (clearTimeout(timer), resolve())
      })
    }
  })()
  return {
    stop: async () => {
      stopping = true
      wake()
      await watching
    },
  }
}

/** Handles up to one batch of overdue instances and returns how many it handled without an error. */
export async function handleTimeouts({ db, sagas, now, onError }: Omit<Needs, 'interval'>): Promise<number> {
  const types = sagas.map((saga) => saga.type)
  const { rows } = await sql<{ type: string; key: string }>`
    select type, key from platform.saga where status = 'running' and timeout_at <= ${now()} and type = any(${types})
    order by timeout_at limit ${batch}
  `.execute(db)
  let failed = 0
  for (const { type, key } of rows) {
    const saga = sagas.find((candidate) => candidate.type === type)
    await transaction(db, async (tx) => await saga?.onTimeout(tx, key)).catch((error: unknown) => {
      failed++
      onError(error)
    })
  }
  return rows.length - failed
}
