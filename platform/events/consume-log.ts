import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { GroupConsumer } from './group-consumer.ts'
import type { Group } from './handle-events.ts'
import { keepProgress } from './save-checkpoints.ts'
import { Leadership, notice } from './leadership.ts'
import { LogReader } from './log-reader.ts'
import { measure, type GroupMeasures } from './measure.ts'
import { onNudge } from './nudge.ts'
import { Semaphore } from './semaphore.ts'
import { logDefaults, type LogSettings } from './settings.ts'

/** Between two looks for parked messages whose time has come. */
const retryInterval = 500
/** Between two notices of this process. */
const noticeInterval = 10
/** Between two looks whether there is progress to write down. */
const progressInterval = 100

type Needs = Readonly<{
  db: Db
  /** The pool under `db`; one more connection is opened with its options. */
  pool: Pool
  groups: readonly Group[]
  settings?: Partial<LogSettings>
  log: Log
}>

/** The log as this process consumes it. */
export type LogConsumer = Readonly<{
  /** What the groups led here are doing; those led elsewhere are not in it. */
  measures: () => readonly GroupMeasures[]
  /** Times a group was won since the start. */
  leaderChanges: () => number
  /** Hands out nothing more, waits for hearers at work, and leaves every group to others. */
  stop: () => Promise<void>
}>

/**
 * Hands the events of the log to consumer groups, as long as this process leads them, and runs for those it does not lead.
 * Also tells other processes when something was told here, which is all it does without groups.
 */
export function consumeLog({ db, pool, groups: given, settings: inputs = {}, log }: Needs): LogConsumer {
  const settings = { ...logDefaults, ...inputs }
  const semaphore = new Semaphore(settings.connections ?? Math.max(2, Math.floor((pool.options.max ?? 10) / 2)))
  const led = new Set<GroupConsumer>()
  const stopped = new AbortController()
  let changes = 0
  const reader = new LogReader({ log, pollInterval: settings.pollInterval })
  const leadership = new Leadership({
    db,
    pool,
    groups: given.filter(({ subscriptions }) => subscriptions.length > 0),
    settings,
    log,
    onNotice: () => reader.wake(),
    onLost: () => {
      for (const group of led) group.abandon()
      led.clear()
      reader.clear()
    },
    onLead: (group, lead, connection) => {
      changes++
      const consumer: GroupConsumer = new GroupConsumer({
        group,
        lead,
        db,
        semaphore,
        settings,
        log,
        onRoom: () => reader.roomIn(consumer),
      })
      led.add(consumer)
      reader.add(consumer, connection)
    },
  })
  const progress = keepProgress(leadership, led)
  const repeat = (work: () => Promise<unknown>, interval: number) =>
    repeatUntil(stopped.signal, { work, interval, log })
  leadership.start()
  reader.start()
  const forget = onNudge(announce({ pool, leadership, wake: () => reader.wake() }))
  const loops = [repeat(() => progress.keep(), progressInterval), repeat(() => retryAll(led), retryInterval)]
  return {
    measures: () => [...led].map(measure),
    leaderChanges: () => changes,
    stop: async () => {
      forget()
      stopped.abort()
      await reader.stop()
      await Promise.race([
        Promise.all([...led].map((group) => group.stop())),
        sleep(settings.grace, undefined, { ref: false }),
      ])
      await Promise.all(loops)
      await progress.leave().catch((error: unknown) => log.warn({ err: error }, 'the last progress was not written'))
      for (const group of led) group.abandon()
      await leadership.stop()
    },
  }
}

/** Wakes this process at once, and others, if there are any who lead, at most every 10 ms. */
function announce({ pool, leadership, wake }: { pool: Pool; leadership: Leadership; wake: () => void }): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    wake()
    if (!leadership.othersLead) return
    timer ??= setTimeout(() => {
      timer = undefined
      // Whoever misses a notice looks by itself soon.
      notice(pool, leadership.me).catch(() => {})
    }, noticeInterval)
  }
}

async function retryAll(led: ReadonlySet<GroupConsumer>): Promise<void> {
  await Promise.all(
    [...led].map(async (group) => {
      while (await group.retryDue());
    }),
  )
}

type Round = Readonly<{ work: () => Promise<unknown>; interval: number; log: Log }>

async function repeatUntil(signal: AbortSignal, { work, interval, log }: Round): Promise<void> {
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await work().catch((error: unknown) => log.debug({ err: error }, 'the log is out of reach'))
  }
}
