import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyTx } from '#platform/db'
import type { Log } from '#platform/telemetry'
import { crashPoint } from '../crash-points.ts'
import { backoff } from '../log/backoff.ts'
import type { LoggedEvent } from '../log/logged-event.ts'
import { classify, poisonMessage } from '../parking/failure.ts'
import { deadLetter, park, parkBehind, recordIsolated, type Parked } from '../parking/park.ts'
import type { LogSettings } from '../settings.ts'
import { Breaker } from './breaker.ts'
import {
  handleBatch,
  handleOne,
  prepareEvent,
  whyUndeliverable,
  type HandlerContext,
  type Prepared,
  type Tally,
} from './handle-events.ts'
import { isHandled } from './inbox.ts'

const immediateRetries = 3
/** Milliseconds for which the transaction of a batch should hold its locks at most. */
const batchTime = 60

export type EventProcessorNeeds = Readonly<{
  context: HandlerContext
  settings: LogSettings
  log: Log
  epoch: number
  /** Keys that parked messages hold up. */
  heldKeys: Iterable<string>
}>

/** The work of a group since this process became its leader. */
export type Counts = { handled: number; duplicates: number; failed: number; parked: number; dead: number }

/** Handles the events of one group, and parks those that cannot be handled. */
export class EventProcessor {
  readonly heldKeys: Set<string>
  readonly breaker = new Breaker()
  readonly counts: Counts = { handled: 0, duplicates: 0, failed: 0, parked: 0, dead: 0 }
  readonly needs: EventProcessorNeeds
  #timePerEvent = 0
  #ended = false

  constructor(needs: EventProcessorNeeds) {
    this.needs = needs
    this.heldKeys = new Set(needs.heldKeys)
  }

  /** Stops retries and parking: another process leads the group. */
  end(): void {
    this.#ended = true
  }

  /** The number of events that the group handles in about 60 ms. */
  get batchSize(): number {
    const fitting = Math.floor(batchTime / Math.max(this.#timePerEvent, 0.01))
    return Math.max(1, Math.min(this.needs.settings.batchSize, fitting))
  }

  /** False for an event that no handler can receive, or whose key a parked message holds up. */
  canBatch(event: LoggedEvent): boolean {
    return (
      !this.heldKeys.has(event.partition_key) && whyUndeliverable(event, this.needs.context.subscriptions) === undefined
    )
  }

  /** Prepares an event for a batch; undefined when the event must be handled alone. */
  async prepare(event: LoggedEvent): Promise<readonly unknown[] | undefined> {
    if (!this.canBatch(event)) return undefined
    const { context, log } = this.needs
    return await prepareEvent(context, event).catch((error: unknown) => {
      log.debug({ err: error, group: context.group, event_id: event.event_id }, 'prepare failed')
      return undefined
    })
  }

  /** Handles events in one transaction. False when one of them failed: nothing is written, and each must be handled alone. */
  async handleBatch(events: readonly LoggedEvent[], prepared: Prepared): Promise<boolean> {
    const { context } = this.needs
    crashPoint('before-handler')
    try {
      const tally = await handleBatch(context, events, prepared)
      this.#succeeded(tally)
      if (tally.handled > 0) this.#timePerEvent = this.#timePerEvent * 0.8 + (tally.time / tally.handled) * 0.2
      return true
    } catch (error) {
      this.needs.log.debug({ err: error, group: context.group, events: events.length }, 'a batch failed')
      return false
    }
  }

  /**
   * Handles one event or parks it. False when neither was possible because another process leads the group now. With
   * `isolated`, nothing else is at work in the group, and an event at which two leaders in a row died is parked.
   */
  async handleAlone(event: LoggedEvent, isolated = false): Promise<boolean> {
    for (let attempt = 1; !this.#ended; attempt++) {
      try {
        if (isolated && attempt === 1 && (await this.#isPoison(event)))
          await this.#park(event, new Error(poisonMessage))
        else await this.#handleOrPark(event)
        return true
      } catch (error) {
        // Parking failed too: the database is away. The event stays in memory, and its key waits.
        this.needs.log.warn({ err: error, group: this.#group, event_id: event.event_id }, 'cannot reach the log')
        await sleep(backoff(attempt, 100, 2000))
      }
    }
    return false
  }

  /** Handles a parked event and runs `also` in its transaction. Throws when the event is undeliverable or its handler fails. */
  async handleParked(event: LoggedEvent, also: (tx: AnyTx) => Promise<void>): Promise<void> {
    const { context } = this.needs
    const undeliverable = whyUndeliverable(event, context.subscriptions)
    if (undeliverable) throw undeliverable
    crashPoint('before-retry')
    this.#succeeded(await handleOne(context, event, also))
  }

  /** True when the inbox has the event. False also when the inbox cannot be read: the handler's transaction finds out. */
  async isHandled({ event_id }: LoggedEvent): Promise<boolean> {
    const { db, group } = this.needs.context
    return await isHandled(db, { group, event_id }).catch(() => false)
  }

  get #group(): string {
    return this.needs.context.group
  }

  async #isPoison({ event_id, partition_key }: LoggedEvent): Promise<boolean> {
    const { context, epoch } = this.needs
    return (
      !this.heldKeys.has(partition_key) && (await recordIsolated(context.db, { group: this.#group, epoch, event_id }))
    )
  }

  async #handleOrPark(event: LoggedEvent): Promise<void> {
    const { context } = this.needs
    if (this.heldKeys.has(event.partition_key)) {
      await parkBehind(context.db, this.#group, [event])
      this.counts.parked++
      return
    }
    try {
      const undeliverable = whyUndeliverable(event, context.subscriptions)
      if (undeliverable) throw undeliverable
      crashPoint('before-handler')
      this.#succeeded(await this.#handleWithRetries(event))
    } catch (error) {
      if (!this.#ended) await this.#park(event, error)
    }
  }

  /** Handles an event, and tries again at once after a transient failure. */
  async #handleWithRetries(event: LoggedEvent): Promise<Tally> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await handleOne(this.needs.context, event)
      } catch (error) {
        if (attempt > immediateRetries || this.#ended || classify(error) !== 'transient') throw error
        await sleep(10 + Math.random() * 90)
      }
    }
  }

  async #park(event: LoggedEvent, error: unknown): Promise<void> {
    const { context, settings, log } = this.needs
    const { db, semaphore } = context
    const parked = { ...event, position: event.id, attempts: 1 }
    const fatal = classify(error) === 'permanent' || settings.maxAttempts <= 1
    const wait = backoff(1, settings.firstBackoff, settings.maxBackoff)
    await semaphore.run(() =>
      fatal ? deadLetter(db, this.#group, { parked, error }) : park(db, this.#group, { event, error, wait }),
    )
    crashPoint('after-park')
    this.heldKeys.add(event.partition_key)
    this.counts[fatal ? 'dead' : 'parked']++
    this.failed(error)
    log[fatal ? 'error' : 'warn']({ err: error, ...this.logFields(parked) }, fatal ? 'message dead' : 'message parked')
  }

  /** The fields of a log line about a message. */
  logFields({ event_id, type, attempts }: Parked): object {
    return { group: this.#group, event_id, event_type: type, attempts, outage: this.breaker.open }
  }

  #succeeded({ handled, duplicates }: Tally): void {
    this.breaker.succeeded()
    this.counts.handled += handled
    this.counts.duplicates += duplicates
  }

  /** Counts a failure. A permanent one says nothing about an outage. */
  failed(error: unknown): void {
    this.counts.failed++
    if (classify(error) !== 'permanent') this.breaker.failed()
  }
}
