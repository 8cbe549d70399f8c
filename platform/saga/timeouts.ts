import { sql } from 'kysely'
import { transaction, type Db } from '#platform/db'
import type { Clock } from '#platform/values'
import type { WatchedSaga } from './saga.ts'

type Needs = Readonly<{
  db: Db
  sagas: readonly WatchedSaga[]
  now: Clock
  /** Milliseconds between two looks. */
  interval: number
  onError: (error: unknown) => void
}>

/** How many overdue instances one look takes; the next look follows at once when there were as many. */
const batch = 100

/**
 * Watches the deadlines of all running sagas until stopped: every process may watch, each overdue instance is taken by
 * one of them. An instance whose step throws is left for the next look, and does not hold up the others.
 */
export function watchTimeouts(needs: Needs): { stop: () => Promise<void> } {
  let stopping = false
  let wake = () => {}
  const watching = (async () => {
    while (!stopping) {
      const found = await handleTimeouts(needs).catch((error: unknown) => {
        needs.onError(error)
        return 0
      })
      if (found === batch) continue
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

/** Takes every instance that is overdue now; returns how many there were, at most a batch. */
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
