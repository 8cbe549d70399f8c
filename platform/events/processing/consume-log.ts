import { setTimeout as sleep } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Db } from '#platform/db'
import { Semaphore } from '#platform/semaphore'
import type { Log } from '#platform/telemetry'
import { seconds, systemClock, type Clock } from '#platform/values'
import type { LogGroup, Program } from '../log/group-types.ts'
import { Leadership } from '../log/leadership.ts'
import type { Lead } from '../log/leads.ts'
import { LogReader } from '../log/log-reader.ts'
import { notifyOthers } from '../log/notify.ts'
import { onNudge } from '../log/nudge.ts'
import { findHeldKeys } from '../parking/park.ts'
import { logDefaults, type LogSettings } from '../settings.ts'
import type { RelayGroup } from '../remote/relay-group.ts'
import { typesOf, type ConsumerGroup } from '../subscribe.ts'
import { GroupConsumer } from './group-consumer.ts'
import type { LedGroup } from './led-group.ts'
import { measure, type GroupMeasures } from './measure.ts'
import { RelayConsumer } from './relay-consumer.ts'
import { checkpointSaver } from './save-checkpoints.ts'

/** Milliseconds between two looks for parked messages that are due. */
const retryInterval = 500
/** Milliseconds between two notifications of this process. */
const notificationInterval = 10
/** Time to save the last checkpoints, and again to close the connection to the log: a hanging server gets no more. */
const leaveTimeout = seconds(2)
/** Milliseconds between two looks for checkpoints to save. */
const checkpointInterval = 100

const anyProgram: Program = { release: '0.0.0', alone: false }

type Needs = Readonly<{
  db: Db
  /** The pool of `db`. The consumer opens one more connection with its options. */
  pool: Pool
  groups: readonly ConsumerGroup[]
  /** Groups that publish events at a broker. */
  relays?: readonly RelayGroup[]
  /** Absent in tests, whose processes are all of one release. */
  program?: Program
  /** False for a process that only publishes events: it registers the types of its groups, and another process leads them. */
  leads?: boolean
  settings?: Partial<LogSettings>
  now?: Clock
  log: Log
}>

/** The consumer of the log in this process. */
export type LogConsumer = Readonly<{
  /** Resolves when the event types of this process are registered. Publish nothing before (ADR 17). */
  registered: Promise<void>
  /** The state of the groups that this process leads. */
  measures: () => readonly GroupMeasures[]
  /** False when this process could neither lead a group nor read the log for longer than `leaderTimeout`. */
  reachesLog: () => boolean
  /** How often this process became the leader of a group. */
  leaderChanges: () => number
  /**
   * Starts no further handler, waits for the running ones, and leaves every group to other processes. Handlers that do not
   * end in time are rolled back. Takes at most 20 s with the default settings, whatever hangs.
   */
  stop: () => Promise<void>
}>

/**
 * Delivers the events of the log to the groups that this process leads, and tries to lead the others. Also notifies other
 * processes when this one publishes; without groups it does only that.
 */
export function consumeLog({
  db,
  pool,
  groups,
  relays = [],
  program = anyProgram,
  leads = true,
  now = systemClock,
  log,
  ...given
}: Needs): LogConsumer {
  const settings = { ...logDefaults, ...given.settings }
  const semaphore = new Semaphore(settings.connections ?? Math.max(2, Math.floor((pool.options.max ?? 10) / 2)))
  const [stopped, led] = [new AbortController(), new Set<LedGroup>()]
  let changes = 0
  const reader = new LogReader({ log, pollInterval: settings.pollInterval })
  const leadership = new Leadership({
    pool,
    groups: openedGroups({ groups, relays }, { db, semaphore, settings, now, log }),
    program,
    leads,
    settings,
    log,
    onNotification: () => reader.wake(),
    onLost: () => {
      abandonAll(led)
      led.clear()
      reader.clear()
    },
    onLead: async ({ open }, lead, connection) => {
      const consumer: LedGroup = await open(lead, () => reader.onRoom(consumer))
      changes++
      led.add(consumer)
      reader.add(consumer, connection)
    },
    onHandOver: ({ name }) => endWork(name, { led, reader, checkpoints, within: settings.shutdownTimeout }),
  })
  const checkpoints = checkpointSaver(leadership, led)
  leadership.start()
  reader.start()
  const stopListening = onNudge(announce({ pool, leadership, wake: () => reader.wake() }))
  const saving = repeatUntil(stopped.signal, { work: () => checkpoints.save(), interval: checkpointInterval, log })
  const retrying = setInterval(() => led.forEach((group) => group.retryDue()), retryInterval)
  return {
    registered: leadership.registered,
    measures: () => [...led].map(measure),
    reachesLog: () => leadership.reachesLog,
    leaderChanges: () => changes,
    stop: async () => {
      stopListening()
      stopped.abort()
      clearInterval(retrying)
      const retired = leadership.retire()
      await atMost(settings.shutdownTimeout, [reader.stop(), saving, ...[...led].map((group) => group.stop())])
      // A table that is locked must not take the time of the handlers too.
      await atMost(leaveTimeout, [retired])
      abandonAll(led)
      await leave({ leadership, checkpoints, log })
    },
  }
}

function abandonAll(led: ReadonlySet<LedGroup>): void {
  for (const group of led) group.abandon()
}

type EndNeeds = Readonly<{
  led: Set<LedGroup>
  reader: LogReader
  checkpoints: ReturnType<typeof checkpointSaver>
  within: number
}>

/** Ends the work on a group after its running handlers, or rolls them back when they take too long, and saves its checkpoint. */
async function endWork(name: string, { led, reader, checkpoints, within }: EndNeeds): Promise<void> {
  const group = [...led].find((one) => one.name === name)
  if (!group) return
  reader.remove(group)
  await atMost(within, [group.stop()])
  group.abandon()
  // Not led any more: the connection was lost in the meantime, and another process may lead the group already.
  if (led.delete(group)) await checkpoints.leave([group])
}

/** A group, and how this process consumes the log for it. */
type OpenedGroup = LogGroup & Readonly<{ open: (lead: Lead, onRoom: () => void) => Promise<LedGroup> }>

type OpenNeeds = Readonly<{ db: Db; semaphore: Semaphore; settings: LogSettings; now: Clock; log: Log }>

/** The groups that this process may lead. */
function openedGroups({ groups, relays = [] }: Pick<Needs, 'groups' | 'relays'>, opening: OpenNeeds): OpenedGroup[] {
  const consumed = (group: ConsumerGroup): OpenedGroup => ({
    name: group.name,
    types: typesOf(group),
    open: async (lead, onRoom) => {
      const heldKeys = await findHeldKeys(opening.db, group.name)
      return new GroupConsumer({ ...opening, group, lead, heldKeys, onRoom })
    },
  })
  const relayed = (group: RelayGroup): OpenedGroup => ({
    name: group.name,
    types: group.types,
    open: async (lead, onRoom) => new RelayConsumer({ group, lead, log: opening.log, onRoom }),
  })
  return [...groups.filter(({ subscriptions }) => subscriptions.length > 0).map(consumed), ...relays.map(relayed)]
}

type LeaveNeeds = Readonly<{
  leadership: Pick<Leadership, 'stop'>
  checkpoints: ReturnType<typeof checkpointSaver>
  log: Log
}>

/** Leaves every group to other processes in good order, or at least in time. */
async function leave({ leadership, checkpoints, log }: LeaveNeeds): Promise<void> {
  const left = checkpoints.leave()
  left.catch((error: unknown) => log.warn({ err: error }, 'could not save the last checkpoints'))
  await atMost(leaveTimeout, [left])
  await atMost(leaveTimeout + seconds(1), [leadership.stop(leaveTimeout)])
}

/** Waits until all have ended, at most for `milliseconds`: an end that never comes must not stop the shutdown. */
const atMost = async (milliseconds: number, ends: readonly Promise<unknown>[]): Promise<void> => {
  const waited = new AbortController()
  const { signal } = waited
  await Promise.race([Promise.allSettled(ends), sleep(milliseconds, undefined, { signal }).catch(() => {})])
  waited.abort()
}

type AnnounceNeeds = Readonly<{ pool: Pool; leadership: Pick<Leadership, 'othersLead' | 'id'>; wake: () => void }>

/** Wakes this process at once, and other processes, when one of them leads a group, at most every 10 ms. */
function announce({ pool, leadership, wake }: AnnounceNeeds): () => void {
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

type Repetition = Readonly<{ work: () => Promise<unknown>; interval: number; log: Log }>

async function repeatUntil(signal: AbortSignal, { work, interval, log }: Repetition): Promise<void> {
  while (!signal.aborted) {
    await sleep(interval, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    await work().catch((error: unknown) => log.debug({ err: error }, 'cannot reach the log'))
  }
}
