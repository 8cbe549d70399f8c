import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/telemetry'
import type { Checkpoint } from './checkpoint.ts'
import type { LogConnection } from './log-connection.ts'
import type { LoggedEvent } from './logged-event.ts'
import { currentSnapshot, extentOf, readBetween, readNewest, readPage, type Newest } from './read-log.ts'
import { WakeableSleep } from './wakeable-sleep.ts'

/** More new events than this are a backlog, which each group reads on its own, page by page. */
const tailLimit = 500
const pageSize = 500
/** Ids that one page covers. Bounds the statement also for a group that handles few of the events. */
const pageSpan = 20_000
/** Milliseconds between two reads while nudges keep coming: one read then finds the events of several commits. */
const minInterval = 2
/** The same after a read that found many events: under load more commits share the cost of handling. */
const busyInterval = 8
const manyEvents = 20
/** Milliseconds until a group whose backlog could not be read is read again. */
const pauseAfterError = 5

/** A group for which the log is read. */
export type ReadingGroup = {
  readonly name: string
  readonly types: readonly string[]
  /** The types whose handlers have a `prepare` function. */
  readonly preparedTypes: readonly string[]
  /** The group has received everything that this snapshot sees. The reader advances it. */
  readSnapshot: string
  readonly checkpoint: Checkpoint
  readonly hasRoom: boolean
  readonly ended: boolean
  /** Takes events in the order of their ids; when all are handled, the group has reached `checkpoint`. */
  readonly enqueue: (events: readonly LoggedEvent[], checkpoint: Checkpoint) => void
}

/**
 * Reads the log for all groups of this process. Groups that are up to date share one read, so that ten of them cost no
 * more than one. A group with a backlog pages through it separately until it has caught up.
 */
export class LogReader {
  readonly #groups = new Set<ReadingGroup>()
  readonly #catchingUp = new Set<ReadingGroup>()
  readonly #sleep = new WakeableSleep()
  /** Resumes the groups that wait for room. */
  readonly #resume = new Map<ReadingGroup, () => void>()
  readonly #log: Log
  readonly #pollInterval: number
  #connection: LogConnection | undefined
  #stopped = false
  #running: Promise<void> = Promise.resolve()

  constructor({ log, pollInterval }: { log: Log; pollInterval: number }) {
    this.#log = log
    this.#pollInterval = pollInterval
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Starts to read for a group, from the checkpoint of its last leader. */
  add(group: ReadingGroup, connection: LogConnection): void {
    this.#connection = connection
    this.#groups.add(group)
    void this.#catchUp(group, connection)
  }

  /** Stops reading for one group. */
  remove(group: ReadingGroup): void {
    this.#groups.delete(group)
    this.#resume.get(group)?.()
    this.#resume.delete(group)
  }

  /** Stops reading for all groups, because the connection is lost. */
  clear(): void {
    this.#groups.clear()
    this.#catchingUp.clear()
    this.#connection = undefined
    for (const resume of this.#resume.values()) resume()
    this.#resume.clear()
  }

  wake(): void {
    this.#sleep.wake()
  }

  /** Continues to read for a group that was full and has room again. */
  onRoom(group: ReadingGroup): void {
    this.#resume.get(group)?.()
    this.#resume.delete(group)
    this.#sleep.wake()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.clear()
    this.#sleep.wake()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const started = performance.now()
      let found = 0
      try {
        found = await this.#readNewest()
      } catch (error) {
        // Leadership reports a broken connection and clears this reader.
        this.#log.debug({ err: error }, 'could not read the log')
      }
      // Every commit of events wakes the reader. The poll finds what was published without a notification.
      const woken = await this.#sleep.sleep(this.#pollInterval)
      const early = (found < manyEvents ? minInterval : busyInterval) - (performance.now() - started)
      if (woken && early > 0) await sleep(early)
    }
  }

  /** Reads once for all groups that are up to date and have room. Returns the number of events found. */
  async #readNewest(): Promise<number> {
    const connection = this.#connection
    if (!connection) return 0
    const ready = [...this.#groups].filter((group) => group.hasRoom && !this.#catchingUp.has(group))
    let open_window: string | undefined
    let found = 0
    for (const [snapshot, groups] of Map.groupBy(ready, ({ readSnapshot }) => readSnapshot)) {
      if (snapshot === open_window) continue
      const types = [...new Set(groups.flatMap((group) => group.types))]
      const limit = tailLimit + 1
      const newest: Newest = open_window
        ? { open_window, events: await readBetween(connection, { snapshot, open_window, types }, limit) }
        : await readNewest(connection, { snapshot, types, limit })
      open_window = newest.open_window
      found += newest.events.length
      for (const group of groups) this.#deliver(group, newest, connection)
    }
    return found
  }

  #deliver(group: ReadingGroup, { open_window, events }: Newest, connection: LogConnection): void {
    if (!this.#groups.has(group)) return
    if (events.length > tailLimit) {
      void this.#catchUp(group, connection)
      return
    }
    group.readSnapshot = open_window
    const own = events.filter(({ type }) => group.types.includes(type))
    group.enqueue(own, { snapshot: open_window, open_window: null, position: 0 })
  }

  /** Reads the backlog of a group page by page; then the group joins the others. */
  async #catchUp(group: ReadingGroup, connection: LogConnection): Promise<void> {
    if (this.#catchingUp.has(group)) return
    this.#catchingUp.add(group)
    const isCurrent = () => !this.#stopped && this.#groups.has(group) && !connection.lost
    try {
      const { snapshot, open_window, position } = group.checkpoint
      // First finish the window that an earlier leader left open: `position` counts within that window only.
      if (open_window && group.readSnapshot === snapshot)
        await this.#readWindow(group, { connection, open_window, position, isCurrent })
      if (isCurrent()) {
        const open_window = await currentSnapshot(connection)
        await this.#readWindow(group, { connection, open_window, position: 0, isCurrent })
      }
    } catch (error) {
      this.#log.debug({ err: error, group: group.name }, 'could not catch up')
      await sleep(pauseAfterError)
    } finally {
      this.#catchingUp.delete(group)
      this.#sleep.wake()
    }
  }

  async #readWindow(group: ReadingGroup, { connection, open_window, position, isCurrent }: Backlog): Promise<void> {
    const window = { snapshot: group.readSnapshot, open_window, types: group.types, group }
    const extent = await extentOf(connection, window)
    let after = extent ? Math.max(position, extent.first - 1) : 0
    while (extent && after < extent.last) {
      await this.#waitForRoom(group)
      if (!isCurrent()) return
      const upTo = Math.min(after + pageSpan, extent.last)
      const events = await readPage(connection, window, { after, upTo, limit: pageSize })
      if (!isCurrent()) return
      after = events.length < pageSize ? upTo : (events.at(-1)?.id ?? upTo)
      group.enqueue(events, { snapshot: window.snapshot, open_window, position: after })
    }
    group.readSnapshot = open_window
    group.enqueue([], { snapshot: open_window, open_window: null, position: 0 })
  }

  async #waitForRoom(group: ReadingGroup): Promise<void> {
    if (group.hasRoom || group.ended) return
    await new Promise<void>((resume) => this.#resume.set(group, resume))
  }
}

type Backlog = Readonly<{ connection: LogConnection; open_window: string; position: number; isCurrent: () => boolean }>
