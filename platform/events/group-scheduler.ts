import type { EventProcessor } from './event-processor.ts'
import { KeyQueues } from './key-queues.ts'
import type { LoggedEvent } from './logged-event.ts'
import type { Semaphore } from './semaphore.ts'
import type { Span } from './checkpoint.ts'
import type { LogSettings } from './settings.ts'

/** Events that must wait before a second batch begins: fewer are better off together with those to come. */
const enough = 10

/** A batch that has been at work for so long, in milliseconds, is slow: others go past it. */
const slow = 200

/** A waiting event and the span it counts in. */
export type Entry = Readonly<{
  key: string
  id: number
  event: LoggedEvent
  span: Span
  /** What was asked for it, once it was. */
  facts?: readonly unknown[] | undefined
}>

type Needs = Readonly<{
  processor: EventProcessor
  semaphore: Semaphore
  settings: Pick<LogSettings, 'lanes' | 'batchSize'>
  /** Batches at work at once at most: two, where no hearer ever meets the rows of another key. */
  batches: 1 | 2
  /** Events that must be heard one by one first, since leaders of this group keep dying. */
  careful: number
  /** True for events whose hearer asks the world first. */
  api: (event: LoggedEvent) => boolean
  onDone: (entry: Entry) => void
  onSettled: () => void
}>

/**
 * What is at work for one group: a batch of events, or two, and beside it single events that ask the world, to join the next
 * batch with what they learned, or that go past a slow batch. Batches over the same rows would end in deadlocks.
 */
export class GroupScheduler {
  readonly #needs: Needs
  readonly #queues = new KeyQueues<Entry>()
  /** When each batch at work was begun; Infinity while it waits for a connection. */
  readonly #batches = new Map<symbol, number>()
  #apart = 0
  #careful: number
  #ended = false
  #timer: NodeJS.Timeout | undefined

  constructor(needs: Needs) {
    this.#needs = needs
    this.#careful = needs.careful
  }

  get busy(): boolean {
    return this.#batches.size > 0 || this.#apart > 0
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) this.#queues.add(entry)
    this.#pump()
  }

  /** Runs `work` while nothing else is heard of `key`; undefined when something is at this moment. */
  async withKey<Result>(key: string, work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#ended || !this.#queues.hold(key)) return undefined
    this.#apart++
    try {
      return await work()
    } finally {
      this.#apart--
      this.#settle([key])
    }
  }

  /** Starts nothing more. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }

  #pump(): void {
    if (this.#ended || this.#queues.waiting === 0) return
    if (this.#careful > 0 || this.#needs.processor.breaker.open) return this.#oneAtATime()
    if (this.#mayBatch) void this.#batchLane()
    this.#startApart(this.#api, (entry) => this.#askingLane(entry))
    const since = Math.min(...this.#batches.values())
    if (this.#queues.waiting === 0 || since === Infinity) return
    const age = performance.now() - since
    if (age < slow) this.#pumpIn(slow - age)
    else
      this.#startApart(
        () => true,
        (entry) => this.#laneApart(entry),
      )
  }

  get #mayBatch(): boolean {
    const { size } = this.#batches
    return size === 0 || (size < this.#needs.batches && this.#queues.waiting >= enough)
  }

  #oneAtATime(): void {
    if (this.busy) return
    const { wait } = this.#needs.processor.breaker
    if (wait > 0) return this.#pumpIn(wait)
    if (this.#careful > 0) return void this.#carefulLane()
    const entry = this.#queues.takeOne(() => true)
    if (entry) void this.#laneApart(entry)
  }

  #pumpIn(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), Math.ceil(milliseconds))
  }

  /** True for what cannot join a batch yet. */
  readonly #api = ({ event, facts }: Entry): boolean => facts === undefined && this.#needs.api(event)

  #startApart(wanted: (entry: Entry) => boolean, lane: (entry: Entry) => Promise<void>): void {
    while (this.#apart < this.#needs.settings.lanes - 1) {
      const entry = this.#queues.takeOne(wanted)
      if (!entry) return
      void lane(entry)
    }
  }

  async #askingLane(entry: Entry): Promise<void> {
    this.#apart++
    const facts = await this.#needs.processor.ask(entry.event)
    if (facts) this.#queues.putBack(entry.key, [{ ...entry, facts }])
    else await this.#alone(entry)
    this.#apart--
    this.#settle([entry.key])
  }

  async #laneApart(entry: Entry): Promise<void> {
    this.#apart++
    await this.#alone(entry)
    this.#apart--
    this.#settle([entry.key])
  }

  async #batchLane(): Promise<void> {
    const batch = Symbol('batch')
    this.#batches.set(batch, Infinity)
    let left: readonly Entry[] = []
    const entries = await this.#needs.semaphore.run(async () => {
      if (this.#ended) return []
      // Picked when a connection is free and not before: whatever has come meanwhile goes along.
      const taken = this.#queues.take(this.#needs.processor.batchSize, this.#api)
      this.#batches.set(batch, performance.now())
      if (this.#queues.waiting > 0) this.#pumpIn(slow)
      left = await this.#together(taken)
      return taken
    })
    await this.#unravel(left)
    this.#batches.delete(batch)
    this.#settle(entries.map(({ key }) => key))
  }

  /** Hears what can be heard together; returns the others. */
  async #together(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { processor, onDone } = this.#needs
    const doubtful = new Set(entries.filter(({ event }) => processor.isDoubtful(event)).map(({ key }) => key))
    const sound = entries.filter(({ key }) => !doubtful.has(key))
    const facts = new Map(sound.flatMap(({ event, facts }) => (facts ? [[event, facts]] : [])))
    const events = sound.map(({ event }) => event)
    if (events.length === 0 || !(await processor.together(events, facts))) return entries
    for (const entry of sound) onDone(entry)
    return entries.filter(({ key }) => doubtful.has(key))
  }

  /** Hears events one by one, some keys at once, so that only the guilty one fails. */
  async #unravel(entries: readonly Entry[]): Promise<void> {
    const lines = [...Map.groupBy(entries, ({ key }) => key).values()]
    const walk = async () => {
      for (let line = lines.shift(); line; line = lines.shift()) {
        for (const [i, entry] of line.entries()) {
          if (this.#needs.processor.breaker.open) {
            this.#queues.putBack(entry.key, line.slice(i))
            break
          }
          await this.#alone(entry)
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(lines.length, this.#needs.settings.lanes) }, walk))
  }

  /** Nothing else is at work, so that whatever kills the process is the one event being heard. */
  async #carefulLane(): Promise<void> {
    const batch = Symbol('careful')
    this.#batches.set(batch, performance.now())
    const entries = this.#queues.take(this.#needs.settings.batchSize, () => false)
    const heard = await Promise.all(entries.map(({ event }) => this.#needs.processor.hasHeard(event)))
    for (const [i, entry] of entries.entries()) {
      if (heard[i]) this.#needs.onDone(entry)
      else await this.#alone(entry, this.#careful-- > 0)
    }
    this.#batches.delete(batch)
    this.#settle(entries.map(({ key }) => key))
  }

  async #alone(entry: Entry, careful = false): Promise<void> {
    if (await this.#needs.processor.alone(entry.event, careful)) this.#needs.onDone(entry)
  }

  #settle(keys: readonly string[]): void {
    for (const key of keys) this.#queues.free(key)
    this.#needs.onSettled()
    if (keys.length > 0) this.#pump()
  }
}
