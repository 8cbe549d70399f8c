import type { Log } from '#platform/telemetry'
import { byType, type Group, type HearsByType } from './hear-events.ts'
import { Hearer, type HearerNeeds } from './hearer.ts'
import { KeyQueues } from './key-queues.ts'
import type { LoggedEvent } from './logged-event.ts'
import { Spans, type Progress, type Span } from './progress.ts'
import type { LogSettings } from './settings.ts'
import { dueOf } from './retry.ts'

/** Events a group may have in memory before no more are read for it. */
const roomFor = 500
/** A batch that has been at work for so long, in milliseconds, is slow: others go past it. */
const slow = 20

type Entry = Readonly<{ key: string; id: number; event: LoggedEvent; span: Span }>

/** What a new leader finds. */
export type Lead = Readonly<{ epoch: number; progress: Progress; crashes: number; held: readonly string[] }>

type Needs = Readonly<{
  group: Group
  lead: Lead
  hearing: Omit<HearerNeeds['hearing'], 'group' | 'hears'>
  settings: LogSettings
  log: Log
  onRoom: () => void
}>

/** One group while this process leads it: lanes by key over what has been read, and how far it has got. */
export class GroupConsumer {
  readonly name: string
  readonly types: readonly string[]
  readonly epoch: number
  readonly hearer: Hearer
  /** Where the last leader had got to. */
  readonly began: Progress
  /** Everything that this snapshot sees has been taken in. */
  given: string
  readonly #hears: HearsByType
  readonly #needs: Needs
  readonly #queues = new KeyQueues<Entry>()
  readonly #spans: Spans
  #batching = false
  #batchSince = 0
  #apart = 0
  /** Events still to be heard one by one, since leaders of this group keep dying. */
  #careful: number
  #full = false
  #ended = false
  #timer: NodeJS.Timeout | undefined
  #idle: (() => void)[] = []

  constructor(needs: Needs) {
    const { group, lead, hearing, settings, log } = needs
    this.#needs = needs
    this.name = group.name
    this.#hears = byType(group.hears)
    this.types = [...this.#hears.keys()]
    this.epoch = lead.epoch
    this.began = lead.progress
    this.given = lead.progress.snap
    this.#spans = new Spans(lead.progress)
    this.#careful = lead.crashes >= 2 ? roomFor * 3 : 0
    const full = { ...hearing, group: group.name, hears: this.#hears }
    this.hearer = new Hearer({ hearing: full, settings, log, epoch: lead.epoch, held: lead.held })
  }

  get reached(): Progress {
    return this.#spans.reached
  }
  get outstanding(): number {
    return this.#spans.outstanding
  }
  get oldest(): number | undefined {
    return this.#spans.oldest
  }
  get hasRoom(): boolean {
    return this.#spans.outstanding < roomFor
  }
  get ended(): boolean {
    return this.#ended
  }

  /** Takes events in, by id; when they are done, the group has got to `reaches`. */
  take(events: readonly LoggedEvent[], reaches: Progress): void {
    const since = Math.min(...events.map((event) => event.occurred_at.getTime()))
    const span = this.#spans.open(events.length, since, reaches)
    for (const event of events) this.#queues.add({ key: event.partition_key, id: event.id, event, span })
    this.#full ||= !this.hasRoom
    this.#pump()
  }

  /** Tries what is parked and due. True when something succeeded: the next of its key may be due at once. */
  async retryDue(): Promise<boolean> {
    const { breaker, held } = this.hearer
    if (this.#ended || held.size === 0) return false
    if (breaker.open && (this.#busy || breaker.wait > 0)) return false
    const due = await dueOf(this.#needs.hearing.db, this.name, breaker.open ? 1 : this.#needs.settings.lanes)
    const outcomes = await Promise.all(
      due.map(async (parked) => {
        if (this.#ended || !this.#queues.hold(parked.partition_key)) return false
        this.#apart++
        const done = await this.hearer.retry(parked).finally(() => this.#leave([parked.partition_key]))
        return done
      }),
    )
    return outcomes.includes(true)
  }

  /** Starts nothing more; resolves when nothing is at work. */
  async stop(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#timer)
    if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Somebody else leads: forgets everything at once. */
  abandon(): void {
    this.#ended = true
    clearTimeout(this.#timer)
    this.hearer.end()
  }

  get #busy(): boolean {
    return this.#batching || this.#apart > 0
  }

  #pump(): void {
    if (this.#ended || this.#queues.waiting === 0) return
    if (this.#careful > 0 || this.hearer.breaker.open) return this.#oneAtATime()
    if (!this.#batching) void this.#batchLane()
    while (this.#apart < this.#needs.settings.lanes - 1) {
      const entry = this.#queues.takeOne(this.#asks)
      if (!entry) break
      void this.#laneApart(entry)
    }
    this.#passSlowBatch()
  }

  /** One batch at a time: two of them over the same rows would end in deadlocks. Only past a slow one others go singly. */
  #passSlowBatch(): void {
    if (this.#queues.waiting === 0 || this.#batchSince === 0) return
    const age = performance.now() - this.#batchSince
    if (age < slow) return this.#pumpIn(slow - age)
    while (this.#apart < this.#needs.settings.lanes - 1) {
      const entry = this.#queues.takeOne(() => true)
      if (!entry) break
      void this.#laneApart(entry)
    }
  }

  #oneAtATime(): void {
    if (this.#busy) return
    const { wait } = this.hearer.breaker
    if (wait > 0) return this.#pumpIn(wait)
    if (this.#careful > 0) return void this.#carefulLane()
    const entry = this.#queues.takeOne(() => true)
    if (entry) void this.#laneApart(entry)
  }

  #pumpIn(milliseconds: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#pump(), Math.ceil(milliseconds))
  }

  readonly #asks = ({ event }: Entry): boolean => this.#hears.get(event.type)?.some(({ ask }) => ask) ?? false

  async #batchLane(): Promise<void> {
    this.#batching = true
    let entries: Entry[] = []
    const done = await this.#needs.hearing.permits.run(async () => {
      if (this.#ended) return true
      entries = this.#queues.take(this.hearer.batchSize, this.#asks)
      this.#batchSince = performance.now()
      if (this.#queues.waiting > 0) this.#pumpIn(slow)
      return entries.length === 0 || (await this.hearer.together(entries.map(({ event }) => event)))
    })
    if (done) for (const { span } of entries) this.#spans.done(span)
    else await this.#unravel(entries)
    this.#batching = false
    this.#batchSince = 0
    this.#settle(entries.map(({ key }) => key))
  }

  /** Nothing else is at work, so that whatever kills the process is the one event being heard. */
  async #carefulLane(): Promise<void> {
    this.#batching = true
    const entries = this.#queues.take(this.#needs.settings.batchSize, () => false)
    const heard = await this.hearer.heardAmong(entries.map(({ event }) => event))
    for (const entry of entries) {
      if (heard.has(entry.event.event_id)) this.#spans.done(entry.span)
      else await this.#alone(entry, this.#careful-- > 0)
    }
    this.#batching = false
    this.#settle(entries.map(({ key }) => key))
  }

  async #laneApart(entry: Entry): Promise<void> {
    this.#apart++
    await this.#alone(entry)
    this.#leave([entry.key])
  }

  /** Hears the events of a failed batch one by one, some keys at once, so that only the guilty one fails. */
  async #unravel(entries: readonly Entry[]): Promise<void> {
    const lines = [...Map.groupBy(entries, ({ key }) => key).values()]
    const walk = async () => {
      for (let line = lines.shift(); line; line = lines.shift()) {
        for (const [i, entry] of line.entries()) {
          if (this.hearer.breaker.open) {
            this.#queues.putBack(entry.key, line.slice(i))
            break
          }
          await this.#alone(entry)
        }
      }
    }
    await Promise.all(Array.from({ length: this.#needs.settings.lanes }, walk))
  }

  async #alone({ event, span }: Entry, careful = false): Promise<void> {
    if (await this.hearer.alone(event, careful)) this.#spans.done(span)
  }

  #leave(keys: readonly string[]): void {
    this.#apart--
    this.#settle(keys)
  }

  #settle(keys: readonly string[]): void {
    for (const key of keys) this.#queues.free(key)
    if (!this.#busy) for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#ended) return
    if (this.#full && this.hasRoom) {
      this.#full = false
      this.#needs.onRoom()
    }
    if (keys.length > 0) this.#pump()
  }
}
