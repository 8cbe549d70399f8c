import type { Db } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { byType, type Group } from './handle-events.ts'
import { EventProcessor } from './event-processor.ts'
import { GroupScheduler } from './group-scheduler.ts'
import type { LoggedEvent } from './logged-event.ts'
import type { Semaphore } from './semaphore.ts'
import { CheckpointTracker, type Progress } from './checkpoint.ts'
import { dueOf, retryParked } from './retry.ts'
import type { LogSettings } from './settings.ts'

/** Events a group may have in memory before no more are read for it. */
const roomFor = 500
/** As many as may have been at work when a leader died. */
const suspects = 3 * roomFor

/** What a new leader finds. */
export type Lead = Readonly<{ epoch: number; progress: Progress; crashes: number; held: readonly string[] }>

type Needs = Readonly<{
  db: Db
  semaphore: Semaphore
  group: Group
  lead: Lead
  settings: LogSettings
  log: Log
  onRoom: () => void
}>

/** One group while this process leads it: what has been read for it, what is at work, and how far it has got. */
export class GroupConsumer {
  readonly name: string
  readonly types: readonly string[]
  readonly epoch: number
  readonly processor: EventProcessor
  /** Where the last leader had got to. */
  readonly began: Progress
  /** Everything that this snapshot sees has been taken in. */
  given: string
  readonly #needs: Needs
  readonly #lanes: GroupScheduler
  readonly #spans: CheckpointTracker
  #full = false
  #ended = false
  #idle: (() => void)[] = []

  constructor(needs: Needs) {
    const { db, semaphore, group, lead, settings, log } = needs
    const subscriptions = byType(group.subscriptions)
    this.#needs = needs
    this.name = group.name
    this.types = [...subscriptions.keys()]
    this.epoch = lead.epoch
    this.began = lead.progress
    this.given = lead.progress.snapshot
    this.#spans = new CheckpointTracker(lead.progress)
    const hearing = { db, semaphore, group: group.name, subscriptions }
    this.processor = new EventProcessor({ hearing, settings, log, epoch: lead.epoch, held: lead.held })
    this.#lanes = new GroupScheduler({
      processor: this.processor,
      semaphore,
      settings,
      batches: group.subscriptions.every(({ beside }) => beside === 'in-any') ? 2 : 1,
      // One death may be anybody's; after the second in the same place each suspect is heard alone.
      careful: lead.crashes >= 2 ? suspects : 0,
      api: ({ type }) => subscriptions.get(type)?.some(({ ask }) => ask) ?? false,
      onDone: ({ span }) => this.#spans.done(span),
      onSettled: () => this.#settled(),
    })
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
    this.#full ||= !this.hasRoom
    this.#lanes.add(events.map((event) => ({ key: event.partition_key, id: event.id, event, span })))
  }

  /** Tries what is parked and due. True when something succeeded: the next of its key may be due at once. */
  async retryDue(): Promise<boolean> {
    const { breaker, held } = this.processor
    if (this.#ended || held.size === 0) return false
    if (breaker.open && (this.#lanes.busy || breaker.wait > 0)) return false
    const due = await dueOf(this.#needs.db, this.name, breaker.open ? 1 : this.#needs.settings.lanes)
    const outcomes = await Promise.all(
      due.map((parked) => this.#lanes.withKey(parked.partition_key, () => retryParked(this.processor, parked))),
    )
    return outcomes.includes(true)
  }

  /** Starts nothing more; resolves when nothing is at work. */
  async stop(): Promise<void> {
    this.#ended = true
    this.#lanes.end()
    if (this.#lanes.busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  /** Somebody else leads: forgets everything at once. */
  abandon(): void {
    this.#ended = true
    this.#lanes.end()
    this.processor.end()
  }

  #settled(): void {
    if (!this.#lanes.busy) for (const resolve of this.#idle.splice(0)) resolve()
    if (this.#ended || !this.#full || !this.hasRoom) return
    this.#full = false
    this.#needs.onRoom()
  }
}
