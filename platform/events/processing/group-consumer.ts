import type { Db } from '#platform/db'
import type { Semaphore } from '#platform/semaphore'
import type { Log } from '#platform/telemetry'
import type { Clock } from '#platform/values'
import type { Checkpoint } from '../log/checkpoint.ts'
import type { Lead } from '../log/leads.ts'
import type { LoggedEvent } from '../log/logged-event.ts'
import type { LogSettings } from '../settings.ts'
import { exclusiveTypes, lingeringTypes, sharesRows, type ConsumerGroup } from '../subscribe.ts'
import { CheckpointTracker } from './checkpoint-tracker.ts'
import { EventProcessor, type Counts } from './event-processor.ts'
import { GroupScheduler } from './group-scheduler.ts'
import { byType, concernsGroup, type SubscriptionsByType } from './handle-events.ts'
import type { LedGroup } from './led-group.ts'
import { Retrier } from './retrier.ts'

/** Events of a group in memory at which the reader pauses. */
const maxOutstanding = 500
/** The most events that may have been at work when a leader died. */
const isolatedEvents = 3 * maxOutstanding

type Needs = Readonly<{
  db: Db
  semaphore: Semaphore
  group: ConsumerGroup
  lead: Lead
  heldKeys: readonly string[]
  settings: LogSettings
  now: Clock
  log: Log
  onRoom: () => void
}>

/** One group while this process leads it: its waiting events, its running handlers and its checkpoint. */
export class GroupConsumer implements LedGroup {
  readonly name: string
  readonly types: readonly string[]
  readonly preparedTypes: readonly string[]
  readonly epoch: number
  readonly processor: EventProcessor
  /** The checkpoint of the last leader. */
  readonly firstCheckpoint: Checkpoint
  /** The group has received everything that this snapshot sees. */
  readSnapshot: string
  readonly #subscriptions: SubscriptionsByType
  readonly #onRoom: () => void
  readonly #scheduler: GroupScheduler
  readonly #retrier: Retrier
  readonly #tracker: CheckpointTracker
  #full = false
  #ended = false
  #idle: (() => void)[] = []

  constructor(needs: Needs) {
    const { db, semaphore, group, lead, settings, now, log, heldKeys } = needs
    const subscriptions = byType(group.subscriptions)
    this.#subscriptions = subscriptions
    this.#onRoom = needs.onRoom
    this.name = group.name
    this.types = [...subscriptions.keys()]
    this.preparedTypes = this.types.filter((type) => subscriptions.get(type)?.some(({ prepare }) => prepare))
    this.epoch = lead.epoch
    this.firstCheckpoint = lead.checkpoint
    this.readSnapshot = lead.checkpoint.snapshot
    this.#tracker = new CheckpointTracker(lead.checkpoint)
    const context = { db, semaphore, group: group.name, subscriptions }
    this.processor = new EventProcessor({ context, settings, now, log, epoch: lead.epoch, heldKeys })
    const exclusive = new Set(exclusiveTypes(group.subscriptions))
    const lingering = new Set(lingeringTypes(group.subscriptions))
    const hasTwoBatches = exclusive.size < this.types.length && !sharesRows(group.subscriptions)
    this.#scheduler = new GroupScheduler({
      processor: this.processor,
      semaphore,
      settings,
      maxBatches: hasTwoBatches ? 2 : 1,
      isExclusive: ({ type }) => hasTwoBatches && exclusive.has(type),
      sharesRows: sharesRows(group.subscriptions),
      lingers: ({ type }) => lingering.has(type),
      // One death may have any cause; after the second at the same checkpoint the group searches for a poison message.
      isolated: lead.crashes >= 2 ? isolatedEvents : 0,
      hasPrepare: ({ type }) => this.preparedTypes.includes(type),
      onDone: ({ page }) => this.#tracker.done(page),
      onSettled: () => this.#settled(),
    })
    this.#retrier = new Retrier(this.processor, this.#scheduler)
  }

  get counts(): Counts {
    return this.processor.counts
  }
  get heldKeys(): number {
    return this.processor.heldKeys.size
  }
  get checkpoint(): Checkpoint {
    return this.#tracker.checkpoint
  }
  get outstanding(): number {
    return this.#tracker.outstanding
  }
  get oldestAt(): number | undefined {
    return this.#tracker.oldestAt
  }
  get hasRoom(): boolean {
    return this.#tracker.outstanding < maxOutstanding
  }
  get ended(): boolean {
    return this.#ended
  }

  /** Takes events in the order of their ids; when all are handled, the group has reached `checkpoint`. */
  enqueue(read: readonly LoggedEvent[], checkpoint: Checkpoint): void {
    const events = read.filter((event) => concernsGroup(event, this.#subscriptions))
    // The others are handled by that. The checkpoint then passes them, as it does after any work.
    this.processor.counts.handled += read.length - events.length
    const oldestAt = Math.min(...events.map((event) => event.occurred_at.getTime()))
    const page = this.#tracker.add({ pending: events.length, oldestAt, checkpoint })
    this.#full ||= !this.hasRoom
    this.#scheduler.add(events.map((event) => ({ key: event.partition_key, id: event.id, event, page })))
  }

  /** Starts to try the parked messages that are due; does not wait for them. */
  retryDue(): void {
    if (!this.#ended) this.#retrier.look()
  }

  /** Starts nothing more; resolves when no handler is at work. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#scheduler.end()
    if (this.#scheduler.busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Drops all waiting events at once, because another process leads the group. */
  abandon(): void {
    this.#ended = true
    this.#scheduler.end()
    this.processor.end()
  }

  #settled(): void {
    if (!this.#scheduler.busy) for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#ended || !this.#full || !this.hasRoom) return
    this.#full = false
    this.#onRoom()
  }
}
