import type { Semaphore } from '#platform/semaphore'
import type { LoggedEvent } from '../log/logged-event.ts'
import type { LogSettings } from '../settings.ts'
import type { Page } from './checkpoint-tracker.ts'
import type { EventProcessor } from './event-processor.ts'
import { KeyQueues } from './key-queues.ts'

/** Events that must wait before a second batch starts: fewer are cheaper in one batch with the next ones. */
const secondBatchSize = 10

/** Most single events at once while some prepare: they hold no transaction, and fewer would make the batches smaller. */
const maxPreparing = 64

/** Milliseconds after which a running batch is slow, and single events of other keys overtake it. */
const slowAfter = 200

/** A waiting event and the page it was read with. */
export type Entry = Readonly<{
  key: string
  id: number
  event: LoggedEvent
  page: Page
  /** The results of `prepare`, once it has run. */
  prepared?: readonly unknown[] | undefined
}>

type Needs = Readonly<{
  processor: EventProcessor
  semaphore: Semaphore
  settings: Pick<LogSettings, 'concurrency' | 'batchSize' | 'lingerTime'>
  /** Most batches at once: two when handlers of the group are `keyLocal`, and none is `commutative`. */
  maxBatches: 1 | 2
  /** True for an event whose handler may change rows of other keys, in a group with two batches: it is handled alone. */
  isExclusive: (event: LoggedEvent) => boolean
  /** True when handlers of different keys change the same rows: a batch then has one event per key and runs alone. */
  sharesRows: boolean
  /** True for an event that may wait for others, because no caller waits for its effect. */
  lingers: (event: LoggedEvent) => boolean
  /** Number of events to handle in isolation first, because two leaders in a row died at the same checkpoint. */
  isolated: number
  /** True for events whose handler has a `prepare` function. */
  hasPrepare: (event: LoggedEvent) => boolean
  onDone: (entry: Entry) => void
  onSettled: () => void
}>

/**
 * Schedules the work of one group: one batch of events, or two, and beside it single events. An exclusive event waits for the
 * running batches, and no batch starts while it waits or runs. A single event is one that
 * prepares, to join the next batch with the result, or one that overtakes a slow batch. More batches over the same rows
 * would deadlock. No event overtakes the batch of a group whose handlers share rows: it would wait for the same rows.
 */
export class GroupScheduler {
  readonly #needs: Needs
  readonly #queues = new KeyQueues<Entry>()
  /** The start of each running batch; Infinity while it waits for a connection. */
  readonly #batches = new Map<symbol, number>()
  #singles = 0
  /** Running retries of parked messages: they do not count as singles, so that late ones stop no new event. */
  #retries = 0
  /** Exclusive events that wait, and whether one is at work. */
  #exclusives = 0
  #runsExclusive = false
  /** When the next batch starts at the latest: an event that lingers waits this long for others. */
  #dueAt = Infinity
  #isolated: number
  #ended = false
  #timer: NodeJS.Timeout | undefined

  constructor(needs: Needs) {
    this.#needs = needs
    this.#isolated = needs.isolated
  }

  get busy(): boolean {
    return this.#batches.size > 0 || this.#singles > 0 || this.#retries > 0
  }

  add(entries: readonly Entry[]): void {
    const now = performance.now()
    for (const entry of entries) {
      this.#queues.add(entry)
      if (this.#isExclusive(entry)) this.#exclusives++
      const { lingers, settings } = this.#needs
      this.#dueAt = Math.min(this.#dueAt, lingers(entry.event) ? now + settings.lingerTime : now)
    }
    this.#schedule()
  }

  /** Retries a message with `work` while no handler works on `key`. False, without running it, when one does at this moment. */
  async retry(key: string, work: () => Promise<void>): Promise<boolean> {
    if (this.#ended || !this.#queues.hold(key)) return false
    this.#retries++
    try {
      await work()
      return true
    } finally {
      this.#retries--
      this.#settle([key])
    }
  }

  /** Starts nothing more. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#ended || this.#queues.waiting === 0) return
    if (this.#isolated > 0) return this.#scheduleIsolated()
    if (this.#exclusives > 0 && this.#batches.size === 0) this.#startExclusive()
    const left = this.#dueAt - performance.now()
    if (left <= 0 || this.#queues.waiting >= this.#needs.settings.batchSize) this.#startBatch()
    else if (this.#batches.size === 0) this.#scheduleIn(left)
    this.#startSingles(maxPreparing, this.#needsPrepare, (entry) => this.#prepare(entry))
    const since = Math.min(...this.#batches.values())
    if (this.#queues.waiting === 0 || since === Infinity || this.#needs.sharesRows) return
    const age = performance.now() - since
    if (age < slowAfter) this.#scheduleIn(slowAfter - age)
    else
      this.#startSingles(
        this.#needs.settings.concurrency - 1,
        (entry) => !this.#isExclusive(entry),
        (entry) => this.#runSingle(entry),
      )
  }

  #startBatch(): void {
    if (this.#mayStartBatch) void this.#runBatch()
  }

  get #mayStartBatch(): boolean {
    if (this.#runsExclusive || (this.#exclusives > 0 && this.#queues.hasReady(this.#isReadyAlone))) return false
    const { size } = this.#batches
    return size === 0 || (size < this.#needs.maxBatches && this.#queues.waiting >= secondBatchSize)
  }

  #scheduleIsolated(): void {
    if (!this.busy) void this.#runIsolated()
  }

  #scheduleIn(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#schedule(), Math.ceil(milliseconds))
  }

  /** True for an event that cannot join a batch yet. */
  readonly #needsPrepare = ({ event, prepared }: Entry): boolean =>
    prepared === undefined && this.#needs.hasPrepare(event)

  readonly #isExclusive = ({ event }: Entry): boolean => this.#needs.isExclusive(event)

  readonly #isReadyAlone = (entry: Entry): boolean => this.#isExclusive(entry) && !this.#needsPrepare(entry)

  readonly #mayNotJoin = (entry: Entry): boolean => this.#needsPrepare(entry) || this.#isExclusive(entry)

  #startSingles(limit: number, matches: (entry: Entry) => boolean, run: (entry: Entry) => Promise<void>): void {
    while (this.#singles < limit) {
      const entry = this.#queues.takeOne(matches)
      if (!entry) return
      void run(entry)
    }
  }

  async #prepare(entry: Entry): Promise<void> {
    this.#singles++
    const preparation = await this.#needs.processor.prepare(entry.event)
    if ('prepared' in preparation) this.#putBack({ ...entry, prepared: preparation.prepared })
    else await this.#handleAlone(entry, preparation)
    this.#singles--
    this.#settle([entry.key])
  }

  #putBack(entry: Entry): void {
    this.#queues.putBack(entry.key, [entry])
    this.#dueAt = performance.now()
  }

  async #runSingle(entry: Entry): Promise<void> {
    this.#singles++
    await this.#handleAlone(entry)
    this.#singles--
    this.#settle([entry.key])
  }

  /** Starts the first exclusive event whose key is idle. */
  #startExclusive(): void {
    const entry = this.#queues.takeOne(this.#isReadyAlone)
    if (!entry) return
    this.#exclusives--
    void this.#runExclusive(entry)
  }

  async #runExclusive(entry: Entry): Promise<void> {
    const batch = Symbol('exclusive')
    this.#batches.set(batch, performance.now())
    this.#runsExclusive = true
    await this.#handleAlone(entry)
    this.#runsExclusive = false
    this.#batches.delete(batch)
    this.#settle([entry.key])
  }

  async #runBatch(): Promise<void> {
    const batch = Symbol('batch')
    this.#batches.set(batch, Infinity)
    let left: readonly Entry[] = []
    const entries = await this.#needs.semaphore.run(async () => {
      if (this.#ended) return []
      // Take the events once a connection is free and not before: those that arrived in the meantime join the batch.
      const { processor, settings, sharesRows } = this.#needs
      // Shared rows are waited for once in a batch. Smaller batches, which slow handlers get, would wait more often.
      const taken = sharesRows
        ? this.#queues.take(settings.batchSize, this.#needsPrepare, 1)
        : this.#queues.take(processor.batchSize, this.#mayNotJoin)
      this.#batches.set(batch, performance.now())
      this.#dueAt = this.#queues.waiting > 0 ? performance.now() : Infinity
      if (this.#queues.waiting > 0) this.#scheduleIn(slowAfter)
      left = await this.#handleTogether(taken)
      return taken
    })
    await this.#handleSeparately(left)
    this.#batches.delete(batch)
    this.#settle(entries.map(({ key }) => key))
  }

  /** Handles in one transaction the keys of which every event can be batched. Returns the entries that are left. */
  async #handleTogether(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { processor, onDone } = this.#needs
    const excluded = new Set(entries.filter(({ event }) => !processor.canBatch(event)).map(({ key }) => key))
    const batch = entries.filter(({ key }) => !excluded.has(key))
    const prepared = new Map(batch.flatMap(({ event, prepared }) => (prepared ? [[event, prepared]] : [])))
    const events = batch.map(({ event }) => event)
    if (events.length === 0 || !(await processor.handleBatch(events, prepared))) return entries
    for (const entry of batch) onDone(entry)
    return entries.filter(({ key }) => excluded.has(key))
  }

  /** Handles entries one by one, several keys concurrently, so that only the broken event fails. */
  async #handleSeparately(entries: readonly Entry[]): Promise<void> {
    const queues = [...Map.groupBy(entries, ({ key }) => key).values()]
    const work = async () => {
      for (let queue = queues.shift(); queue; queue = queues.shift()) {
        for (const entry of queue) await this.#handleAlone(entry)
      }
    }
    await Promise.all(Array.from({ length: Math.min(queues.length, this.#needs.settings.concurrency) }, work))
  }

  /** Handles events with nothing else at work: if the process dies, this one event has killed it. */
  async #runIsolated(): Promise<void> {
    const batch = Symbol('isolated')
    this.#batches.set(batch, performance.now())
    const entries = this.#queues.take(this.#needs.settings.batchSize, () => false)
    this.#exclusives -= entries.filter(this.#isExclusive).length
    const handled = await Promise.all(entries.map(({ event }) => this.#needs.processor.isHandled(event)))
    for (const [i, entry] of entries.entries()) {
      if (handled[i]) this.#needs.onDone(entry)
      else await this.#handleAlone(entry, { isolated: this.#isolated-- > 0 })
    }
    this.#batches.delete(batch)
    this.#settle(entries.map(({ key }) => key))
  }

  async #handleAlone(entry: Entry, alone: Parameters<EventProcessor['handleAlone']>[1] = {}): Promise<void> {
    if (await this.#needs.processor.handleAlone(entry.event, alone)) this.#needs.onDone(entry)
  }

  #settle(keys: readonly string[]): void {
    for (const key of keys) this.#queues.free(key)
    this.#needs.onSettled()
    if (keys.length > 0) this.#schedule()
  }
}
