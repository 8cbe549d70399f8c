import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyTx } from '#platform/db'
import type { Log } from '#platform/telemetry'
import type { Clock } from '#platform/values'
import { crashPoint } from '../crash-points.ts'
import { backoff } from '../log/backoff.ts'
import type { LoggedEvent } from '../log/logged-event.ts'
import { classify, isOutage, poisonMessage } from '../parking/failure.ts'
import { deadLetter, park, parkBehind, recordIsolated, type Parked } from '../parking/park.ts'
import type { LogSettings } from '../settings.ts'
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
  context: Omit<HandlerContext, 'limits'>
  settings: LogSettings
  now: Clock
  log: Log
  epoch: number
  /** Keys that parked messages hold up. */
  heldKeys: Iterable<string>
}>

/** The work of a group since this process became its leader. */
export type Counts = { handled: number; duplicates: number; failed: number; parked: number; dead: number }

/** How an event is handled alone. */
type Alone = Readonly<{
  /** Nothing else is at work in the group, and an event that the last leader handled in isolation when it died is parked. */
  isolated?: boolean
  /** The event has failed with this error already. */
  failure?: unknown
}>

/** The results of `prepare`, or why the event must be handled alone. */
type Preparation = Readonly<{ prepared: readonly unknown[] }> | Readonly<{ failure?: unknown }>

/** Handles the events of one group, and parks those that cannot be handled. */
export class EventProcessor {
  readonly heldKeys: Set<string>
  readonly counts: Counts = { handled: 0, duplicates: 0, failed: 0, parked: 0, dead: 0 }
  readonly needs: EventProcessorNeeds
  readonly #context: HandlerContext
  readonly #abandoned = new AbortController()
  #timePerEvent = 0

  constructor(needs: EventProcessorNeeds) {
    this.needs = needs
    const { prepareTimeLimit, handlerTimeLimit } = needs.settings
    const limits = { prepareTimeLimit, handlerTimeLimit, signal: this.#abandoned.signal }
    this.#context = { ...needs.context, limits }
    this.heldKeys = new Set(needs.heldKeys)
  }

  /** Rolls back what is at work and parks nothing: the process stops, or another one leads the group. */
  end(): void {
    this.#abandoned.abort(new Error('The process stopped to handle events of this group'))
  }

  get #ended(): boolean {
    return this.#abandoned.signal.aborted
  }

  /** The number of events that the group handles in about 60 ms. */
  get batchSize(): number {
    const fitting = Math.floor(batchTime / Math.max(this.#timePerEvent, 0.01))
    return Math.max(1, Math.min(this.needs.settings.batchSize, fitting))
  }

  /** False for an event that no handler can receive, or whose key a parked message holds up. */
  canBatch(event: LoggedEvent): boolean {
    return !this.heldKeys.has(event.partition_key) && whyUndeliverable(event, this.#context.subscriptions) === undefined
  }

  /** Prepares an event for a batch. After `Unavailable` it is parked: another call at once would not be answered either. */
  async prepare(event: LoggedEvent): Promise<Preparation> {
    if (!this.canBatch(event)) return {}
    try {
      return { prepared: await prepareEvent(this.#context, event) }
    } catch (error) {
      this.needs.log.debug({ err: error, group: this.#group, event_id: event.event_id }, 'prepare failed')
      return classify(error) === 'unavailable' ? { failure: error } : {}
    }
  }

  /** Handles events in one transaction. False when one of them failed: nothing is written, and each must be handled alone. */
  async handleBatch(events: readonly LoggedEvent[], prepared: Prepared): Promise<boolean> {
    crashPoint('before-handler')
    try {
      const tally = await handleBatch(this.#context, events, prepared)
      this.#succeeded(tally)
      if (tally.handled > 0) this.#timePerEvent = this.#timePerEvent * 0.8 + (tally.time / tally.handled) * 0.2
      return true
    } catch (error) {
      this.needs.log.debug({ err: error, group: this.#group, events: events.length }, 'a batch failed')
      return false
    }
  }

  /** Handles one event or parks it. False when neither was possible because this process has given up the group. */
  async handleAlone(event: LoggedEvent, { isolated = false, failure }: Alone = {}): Promise<boolean> {
    for (let attempt = 1; !this.#ended; attempt++) {
      try {
        if (isolated && attempt === 1 && (await this.#isPoison(event)))
          await this.#park(event, new Error(poisonMessage))
        else await this.#handleOrPark(event, failure)
        return !this.#ended
      } catch (error) {
        if (this.#ended) return false
        // Parking failed too: the database is away. The event stays in memory, and its key waits.
        this.needs.log.warn({ err: error, group: this.#group, event_id: event.event_id }, 'cannot reach the log')
        await sleep(backoff(attempt, 100, 2000))
      }
    }
    return false
  }

  /** Handles a parked event and runs `also` in its transaction. Throws when the event is undeliverable or its handler fails. */
  async handleParked(event: LoggedEvent, also: (tx: AnyTx) => Promise<void>): Promise<void> {
    const undeliverable = whyUndeliverable(event, this.#context.subscriptions)
    if (undeliverable) throw undeliverable
    crashPoint('before-retry')
    this.#succeeded(await handleOne(this.#context, event, also))
  }

  /** True when the inbox has the event. False also when the inbox cannot be read: the handler's transaction finds out. */
  async isHandled({ event_id }: LoggedEvent): Promise<boolean> {
    const { db, group } = this.#context
    return await isHandled(db, { group, event_id }).catch(() => false)
  }

  get #group(): string {
    return this.#context.group
  }

  /**
   * True when the process died that handled the event in isolation before. A process that lost only its connection soon
   * connects again, and its leadership then deletes the record of that: the event waits for it that long.
   */
  async #isPoison({ event_id, partition_key }: LoggedEvent): Promise<boolean> {
    const { context, epoch, settings } = this.needs
    if (this.heldKeys.has(partition_key)) return false
    const isolated = { group: this.#group, epoch, event_id }
    if (!(await recordIsolated(context.db, { ...isolated, waited: false }))) return false
    await sleep(settings.leaderTimeout, undefined, { signal: this.#abandoned.signal })
    return await recordIsolated(context.db, { ...isolated, waited: true })
  }

  async #handleOrPark(event: LoggedEvent, failure: unknown): Promise<void> {
    if (this.heldKeys.has(event.partition_key)) {
      const { maxAttempts } = this.needs.settings
      await parkBehind(this.#context.db, this.#group, { events: [event], maxAttempts })
      this.counts.parked++
      return
    }
    try {
      const undeliverable = failure ?? whyUndeliverable(event, this.#context.subscriptions)
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
        return await handleOne(this.#context, event)
      } catch (error) {
        if (attempt > immediateRetries || this.#ended || classify(error) !== 'transient') throw error
        await sleep(10 + Math.random() * 90)
      }
    }
  }

  async #park(event: LoggedEvent, error: unknown): Promise<void> {
    const { settings, now, log } = this.needs
    const { db, semaphore } = this.#context
    const outage = isOutage(error)
    const attempts = outage ? 0 : 1
    const parked = { ...event, position: event.id, attempts, unavailable_since: outage ? now() : null }
    const fatal = classify(error) === 'permanent' || attempts >= settings.maxAttempts
    const wait = backoff(1, settings.firstBackoff, settings.maxBackoff)
    await semaphore.run(() =>
      fatal ? deadLetter(db, this.#group, { parked, error }) : park(db, this.#group, { parked, error, wait }),
    )
    crashPoint('after-park')
    this.heldKeys.add(event.partition_key)
    this.counts[fatal ? 'dead' : 'parked']++
    this.counts.failed++
    log[fatal ? 'error' : 'warn']({ err: error, ...this.logFields(parked) }, fatal ? 'message dead' : 'message parked')
  }

  /** The fields of a log line about a message. */
  logFields({ event_id, type, attempts }: Parked): object {
    return { group: this.#group, event_id, event_type: type, attempts }
  }

  #succeeded({ handled, duplicates }: Tally): void {
    this.counts.handled += handled
    this.counts.duplicates += duplicates
  }
}
