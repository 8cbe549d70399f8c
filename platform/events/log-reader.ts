import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/telemetry'
import type { GroupConsumer } from './group-consumer.ts'
import type { LogConnection } from './log-connection.ts'
import type { LoggedEvent } from './logged-event.ts'
import { currentSnapshot, extentOf, readBetween, readNewest, readPage, type Window } from './read-log.ts'
import { Wake } from './wake.ts'

/** More new events than this are a backlog, which each group reads by itself in pages. */
const tailLimit = 500
const pageSize = 500
/** Ids one page looks at: bounds a statement also where a group hears hardly anything. */
const pageSpan = 20_000
/** Milliseconds between two looks while nudges keep coming: one look then finds the events of several commits. */
const breath = 2
/** The same after a look that found many: in a rush the events of more commits share what hearing them costs. */
const longBreath = 8
const many = 20
/** First pause after something was found; doubled with every look that finds nothing. */
const shortestPause = 5

/**
 * Reads the log for all groups of this process. Groups that are up to date share one look, so that ten of them cost no
 * more than one; a group with a backlog pages through it beside that until it has caught up.
 */
export class LogReader {
  readonly #groups = new Set<GroupConsumer>()
  readonly #catchingUp = new Set<GroupConsumer>()
  readonly #wake = new Wake()
  readonly #room = new Map<GroupConsumer, () => void>()
  readonly #log: Log
  readonly #pollInterval: number
  #connection: LogConnection | undefined
  #ended = false
  #running: Promise<void> = Promise.resolve()

  constructor({ log, pollInterval }: { log: Log; pollInterval: number }) {
    this.#log = log
    this.#pollInterval = pollInterval
  }

  start(): void {
    this.#running = this.#run()
  }

  /** Begins to read for a group where its last leader stopped. */
  add(group: GroupConsumer, connection: LogConnection): void {
    this.#connection = connection
    this.#groups.add(group)
    void this.#catchUp(group, connection)
  }

  /** The connection was lost: there is nothing to read for any more. */
  clear(): void {
    this.#groups.clear()
    this.#catchingUp.clear()
    this.#connection = undefined
    for (const resume of this.#room.values()) resume()
    this.#room.clear()
  }

  wake(): void {
    this.#wake.call()
  }

  /** A group that was full has room again. */
  roomIn(group: GroupConsumer): void {
    this.#room.get(group)?.()
    this.#room.delete(group)
    this.#wake.call()
  }

  async stop(): Promise<void> {
    this.#ended = true
    this.clear()
    this.#wake.call()
    await this.#running
  }

  async #run(): Promise<void> {
    let pause = shortestPause
    while (!this.#ended) {
      const started = performance.now()
      let found = 0
      try {
        found = await this.#look()
        pause = found > 0 ? shortestPause : Math.min(pause * 2, this.#pollInterval)
      } catch (error) {
        // A broken connection is reported by whoever holds it, and clears us.
        this.#log.debug({ err: error }, 'could not read the log')
        pause = this.#pollInterval
      }
      const called = await this.#wake.sleep(pause)
      const early = (found < many ? breath : longBreath) - (performance.now() - started)
      if (called && early > 0) await sleep(early)
    }
  }

  /** One look for all groups that are up to date and have room. How many events were found. */
  async #look(): Promise<number> {
    const connection = this.#connection
    if (!connection) return 0
    const ready = [...this.#groups].filter((group) => group.hasRoom && !this.#catchingUp.has(group))
    let open_window: string | undefined
    let found = 0
    for (const [snapshot, groups] of Map.groupBy(ready, ({ given }) => given)) {
      if (snapshot === open_window) continue
      const types = [...new Set(groups.flatMap((group) => group.types))]
      const most = tailLimit + 1
      const newest: { open_window: string; events: readonly LoggedEvent[] } = open_window
        ? { open_window, events: await readBetween(connection, { snapshot, open_window, types }, most) }
        : await readNewest(connection, { snapshot, types, most })
      open_window = newest.open_window
      found += newest.events.length
      for (const group of groups) this.#give(group, newest, connection)
    }
    return found
  }

  #give(
    group: GroupConsumer,
    { open_window, events }: { open_window: string; events: readonly LoggedEvent[] },
    from: LogConnection,
  ): void {
    if (!this.#groups.has(group)) return
    if (events.length > tailLimit) {
      void this.#catchUp(group, from)
      return
    }
    group.given = open_window
    const own = events.filter(({ type }) => group.types.includes(type))
    group.take(own, { snapshot: open_window, open_window: null, position: 0 })
  }

  /** Reads everything up to now, page by page, then lets the group join the others. */
  async #catchUp(group: GroupConsumer, connection: LogConnection): Promise<void> {
    if (this.#catchingUp.has(group)) return
    this.#catchingUp.add(group)
    const isOurs = () => !this.#ended && this.#groups.has(group) && !connection.lost
    try {
      const { snapshot, open_window, position } = group.reached
      // A window that another leader left open is finished first: ids count within a window only.
      if (open_window && group.given === snapshot)
        await this.#readWindow(group, { connection, open_window, from: position, isOurs })
      if (isOurs())
        await this.#readWindow(group, { connection, open_window: await currentSnapshot(connection), from: 0, isOurs })
    } catch (error) {
      this.#log.debug({ err: error, group: group.name }, 'could not catch up')
      await sleep(shortestPause)
    } finally {
      this.#catchingUp.delete(group)
      this.#wake.call()
    }
  }

  async #readWindow(group: GroupConsumer, { connection, open_window, from, isOurs }: Sample): Promise<void> {
    const window: Window = { snapshot: group.given, open_window, types: group.types }
    const extent = await extentOf(connection, window)
    let after = extent ? Math.max(from, extent.first - 1) : 0
    while (extent && after < extent.last) {
      await this.#untilRoom(group)
      if (!isOurs()) return
      const upTo = Math.min(after + pageSpan, extent.last)
      const events = await readPage(connection, window, { after, upTo, most: pageSize })
      if (!isOurs()) return
      after = events.length < pageSize ? upTo : (events.at(-1)?.id ?? upTo)
      group.take(events, { snapshot: window.snapshot, open_window, position: after })
    }
    group.given = open_window
    group.take([], { snapshot: open_window, open_window: null, position: 0 })
  }

  async #untilRoom(group: GroupConsumer): Promise<void> {
    if (group.hasRoom || group.ended) return
    await new Promise<void>((resume) => this.#room.set(group, resume))
  }
}

type Sample = Readonly<{ connection: LogConnection; open_window: string; from: number; isOurs: () => boolean }>
