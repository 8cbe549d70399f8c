import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { backoff } from '../log/backoff.ts'
import type { Checkpoint } from '../log/checkpoint.ts'
import type { Lead } from '../log/leads.ts'
import type { LoggedEvent } from '../log/logged-event.ts'
import type { RelayGroup } from '../remote/relay-group.ts'
import { CheckpointTracker, type Page } from './checkpoint-tracker.ts'
import type { Counts } from './event-processor.ts'
import type { LedGroup } from './led-group.ts'

/** Events in memory at which the reader pauses. */
const maxOutstanding = 500
/** Events that are published before their confirmations arrive. */
const batchSize = 250
const firstPause = 100
const longestPause = seconds(5)

type Needs = Readonly<{ group: RelayGroup; lead: Lead; log: Log; onRoom: () => void }>
type Entry = Readonly<{ event: LoggedEvent; page: Page }>

/**
 * Publishes the events of a group at the broker while this process leads it, in the order of the log. The checkpoint moves
 * over an event when the broker has confirmed it, so an event is published at least once. While the broker does not answer,
 * the events wait in the log.
 */
export class RelayConsumer implements LedGroup {
  readonly name: string
  readonly types: readonly string[]
  readonly preparedTypes = []
  readonly epoch: number
  readonly firstCheckpoint: Checkpoint
  readonly heldKeys = 0
  readonly counts: Counts = { handled: 0, duplicates: 0, failed: 0, parked: 0, dead: 0 }
  /** The group has received everything that this snapshot sees. */
  readSnapshot: string
  readonly #needs: Needs
  readonly #tracker: CheckpointTracker
  readonly #waiting: Entry[] = []
  readonly #end = new AbortController()
  #abandoned = false
  #full = false
  #running: Promise<void> | undefined

  constructor(needs: Needs) {
    const { group, lead } = needs
    this.#needs = needs
    this.name = group.name
    this.types = group.types
    this.epoch = lead.epoch
    this.firstCheckpoint = lead.checkpoint
    this.readSnapshot = lead.checkpoint.snapshot
    this.#tracker = new CheckpointTracker(lead.checkpoint)
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
    return this.#end.signal.aborted
  }

  /** Takes events in the order of their ids; when all are published, the group has reached `checkpoint`. */
  enqueue(events: readonly LoggedEvent[], checkpoint: Checkpoint): void {
    // A broker brought an ingested event here. Services that share this log would pass it round for ever.
    const own = events.filter(({ ingested }) => !ingested)
    const oldestAt = Math.min(...own.map(({ occurred_at }) => occurred_at.getTime()))
    const page = this.#tracker.add({ pending: own.length, oldestAt, checkpoint })
    this.#waiting.push(...own.map((event) => ({ event, page })))
    this.#full ||= !this.hasRoom
    this.#running ??= this.#run().finally(() => (this.#running = undefined))
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0 && !this.ended) {
      const batch = this.#waiting.slice(0, batchSize)
      if (!(await this.#publish(batch.map(({ event }) => event))) || this.#abandoned) return
      this.#waiting.splice(0, batch.length)
      this.counts.handled += batch.length
      for (const { page } of batch) this.#tracker.done(page)
      if (this.ended || !this.#full || !this.hasRoom) continue
      this.#full = false
      this.#needs.onRoom()
    }
  }

  /** Publishes a batch, as often as it takes. False when the group ended before. */
  async #publish(events: readonly LoggedEvent[]): Promise<boolean> {
    const { log, group } = this.#needs
    for (let attempt = 1; ; attempt++) {
      try {
        await group.relay(events)
        if (attempt > 1) log.info({ group: group.name, attempts: attempt }, 'the broker takes events again')
        return true
      } catch (error) {
        this.counts.failed++
        const fields = { err: error, group: group.name, event_id: events[0]?.event_id, events: events.length }
        log[attempt === 1 ? 'warn' : 'debug'](fields, 'the broker does not take events; they wait in the log')
      }
      if (this.ended) return false
      await sleep(backoff(attempt, firstPause, longestPause), undefined, { signal: this.#end.signal }).catch(() => {})
      if (this.ended) return false
    }
  }

  retryDue(): void {
    // Nothing is parked here: a later event of the key would overtake it.
  }

  /** Starts no further batch and waits for the confirmations of the last one. */
  async stop(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  abandon(): void {
    this.#abandoned = true
    this.#end.abort()
  }
}
