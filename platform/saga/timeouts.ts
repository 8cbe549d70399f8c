import { sql } from 'kysely'
import { inTime } from '#platform/circuit'
import { transaction, type Db } from '#platform/db'
import { after, seconds, type Clock } from '#platform/values'
import type { WatchedSaga } from './saga.ts'

type Needs = Readonly<{
  db: Db
  sagas: readonly WatchedSaga[]
  now: Clock
  /** Milliseconds between two scans. */
  interval: number
  onError: (error: unknown) => void
}>

/** Overdue instances that one query reads. */
const batch = 100
/** The time of one instance; then its step is rolled back. */
const timeLimit = seconds(15)
/** Pauses of an instance whose step fails: 2 s, 4 s and so on. */
const firstPause = seconds(2)
const maxPause = seconds(60)

/**
 * Watches the timeouts of all running sagas until stopped. Every process may watch: the lock of an instance lets one of
 * them handle it. An instance whose step throws stays overdue and is tried again after a pause.
 */
export function watchTimeouts(needs: Needs): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  const failures: Failures = new Map()
  let wake = () => {}
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await handleTimeouts({ ...needs, failures, signal: stopping.signal }).catch(needs.onError)
      if (stopping.signal.aborted) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, needs.interval)
        wake = () => (clearTimeout(timer), resolve())
      })
    }
  })()
  return {
    stop: async () => {
      stopping.abort(new Error('The process stops'))
      wake()
      await watching
    },
  }
}

/** How often the step of an instance has failed in a row, and when this process tries it again, by type and key. */
type Failures = Map<string, Readonly<{ count: number; nextAt: Date }>>

type Scan = Omit<Needs, 'interval'> & Readonly<{ failures?: Failures; signal?: AbortSignal }>
/** `timeout_at` as text: a `Date` would lose the microseconds. */
type Overdue = Readonly<{ type: string; key: string; timeout_at: string }>

/**
 * Scans all instances that are overdue, the longest first, and returns how many it handled without an error; another process may handle some of them. The scan
 * reads them page by page, so that failing instances never hide the later ones.
 */
export async function handleTimeouts({ failures = new Map(), ...scan }: Scan): Promise<number> {
  const { now, signal } = scan
  const started = now()
  let handled = 0
  let last: Overdue | undefined
  do {
    const page = await findOverdue(scan, { started, last })
    for (const overdue of page) {
      if (signal?.aborted) return handled
      if (await handleOne(scan, failures, overdue)) handled++
    }
    last = page.length === batch ? page.at(-1) : undefined
  } while (last)
  for (const [id, { nextAt }] of failures) if (after(nextAt, maxPause) < started) failures.delete(id)
  return handled
}

/** Handles one instance, unless it failed a moment ago. True when it was overdue and its step was taken. */
async function handleOne({ db, sagas, now, onError, signal }: Scan, failures: Failures, overdue: Overdue) {
  const { type, key } = overdue
  const id = `${type} ${key}`
  const failure = failures.get(id)
  if (failure && failure.nextAt > now()) return false
  const saga = sagas.find((candidate) => candidate.type === type)
  const tooLate = () => new Error(`The timeout of ${id} took longer than ${timeLimit} ms`)
  try {
    const handled = await transaction(db, (tx) =>
      inTime(async () => await saga?.onTimeout(tx, key), { timeLimit, tooLate, signal }),
    )
    failures.delete(id)
    return handled
  } catch (error) {
    if (signal?.aborted) return false
    const count = (failure?.count ?? 0) + 1
    failures.set(id, { count, nextAt: after(now(), Math.min(maxPause, firstPause * 2 ** (count - 1))) })
    onError(error)
    return false
  }
}

type Position = Readonly<{ started: Date; last: Overdue | undefined }>

/** The instances that were overdue when the scan started, after the last one of the page before. */
async function findOverdue({ db, sagas }: Scan, { started, last }: Position): Promise<readonly Overdue[]> {
  const types = sagas.map((saga) => saga.type)
  const { rows } = await sql<Overdue>`
    select type, key, timeout_at::text as timeout_at from platform.saga
    where status = 'running' and timeout_at <= ${started} and type = any(${types})
      ${last ? sql`and (timeout_at, type, key) > (${last.timeout_at}::timestamptz, ${last.type}, ${last.key}::uuid)` : sql``}
    order by timeout_at, type, key limit ${batch}
  `.execute(db)
  return rows
}
