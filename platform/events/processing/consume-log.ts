import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Db } from '#platform/db'
import { Semaphore } from '#platform/semaphore'
import type { Log } from '#platform/telemetry'
import { Leadership, notifyOthers } from '../log/leadership.ts'
import { LogReader } from '../log/log-reader.ts'
import { onNudge } from '../log/nudge.ts'
import { findHeldKeys } from '../parking/park.ts'
import { logDefaults, type LogSettings } from '../settings.ts'
import type { ConsumerGroup } from '../subscribe.ts'
import { GroupConsumer } from './group-consumer.ts'
import { measure, type GroupMeasures } from './measure.ts'
import { checkpointSaver } from './save-checkpoints.ts'

/** Milliseconds between two looks for parked messages that are due. */
const retryInterval = 500
/** Milliseconds between two notifications of this process. */
const notificationInterval = 10
/** Milliseconds between two looks for checkpoints to save. */
const checkpointInterval = 100

type Needs = Readonly<{
  db: Db
  /** The pool of `db`. The consumer opens one more connection with its options. */
  pool: Pool
  groups: readonly ConsumerGroup[]
  settings?: Partial<LogSettings>
  log: Log
}>

/** The consumer of the log in this process. */
export type LogConsumer = Readonly<{
  /** The state of the groups that this process leads. */
  measures: () => readonly GroupMeasures[]
  /** How often this process became the leader of a group. */
  leaderChanges: () => number
  /** Starts no further handler, waits for the running ones, and leaves every group to other processes. */
  stop: () => Promise<void>
}>

/**
 * Delivers the events of the log to the groups that this process leads, and tries to lead the others. Also notifies other
 * processes when this one publishes; without groups it does only that.
 */
export function consumeLog({ db, pool, groups, settings: given = {}, log }: Needs): LogConsumer {
  const settings = { ...logDefaults, ...given }
  const semaphore = new Semaphore(settings.connections ?? Math.max(2, Math.floor((pool.options.max ?? 10) / 2)))
  const led = new Set<GroupConsumer>()
  const stopped = new AbortController()
  let changes = 0
  const reader = new LogReader({ log, pollInterval: settings.pollInterval })
  const leadership = new Leadership({
    pool,
    groups: groups.filter(({ subscriptions }) => subscriptions.length > 0),
    settings,
    log,
    onNotification: () => reader.wake(),
    onLost: () => {
      for (const group of led) group.abandon()
      led.clear()
      reader.clear()
    },
    onLead: async (group, lead, connection) => {
      const heldKeys = await findHeldKeys(db, group.name)
      changes++
      const onRoom = () => reader.onRoom(consumer)
      const consumer = new GroupConsumer({ group, lead, heldKeys, db, semaphore, settings, log, onRoom })
      led.add(consumer)
      reader.add(consumer, connection)
    },
  })
  const checkpoints = checkpointSaver(leadership, led)
  const repeat = (work: () => Promise<unknown>, interval: number) =>
    repeatUntil(stopped.signal, { work, interval, log })
  leadership.start()
  reader.start()
  const stopListening = onNudge(announce({ pool, leadership, wake: () => reader.wake() }))
  const loops = [repeat(() => checkpoints.save(), checkpointInterval), repeat(() => retryAll(led), retryInterval)]
  return {
    measures: () => [...led].map(measure),
    leaderChanges: () => changes,
    stop: async () => {
      stopListening()
      stopped.abort()
      await reader.stop()
      await Promise.race([
        Promise.all([...led].map((group) => group.stop())),
        sleep(settings.shutdownTimeout, undefined, { ref: false }),
      ])
      await Promise.all(loops)
      await checkpoints
        .saveAndLeave()
        .catch((error: unknown) => log.warn({ err: error }, 'could not save the last checkpoints'))
      for (const group of led) group.abandon()
      await leadership.stop()
    },
  }
}

type Announcing = Readonly<{ pool: Pool; leadership: Leadership; wake: () => void }>

/** Wakes this process at once, and other processes, when one of them leads a group, at most every 10 ms. */
function announce({ pool, leadership, wake }: Announcing): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    wake()
    if (!leadership.othersLead) return
    timer ??= setTimeout(() => {
      timer = undefined
      // A process that misses the notification reads the log at its next poll.
      notifyOthers(pool, leadership.id).catch(() => {})
    }, notificationInterval)
  }
}

async function retryAll(led: ReadonlySet<GroupConsumer>): Promise<void> {
  await Promise.all(
    [...led].map(async (group) => {
      while (await group.retryDue());
    }),
  )
}

type Repetition = Readonly<{ work: () => Promise<unknown>; interval: number; log: Log }>

async function repeatUntil(signal: AbortSignal, { work, interval, log }: Repetition): Promise<void> {
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await work().catch((error: unknown) => log.debug({ err: error }, 'cannot reach the log'))
  }
}
