import { setTimeout as sleep } from 'node:timers/promises'
import { crashPoint } from './crash-points.ts'
import type { Log } from '#platform/telemetry'
import { Breaker } from './breaker.ts'
import { backoff, deadly, verdictOn } from './failure.ts'
import {
  prepareEvent,
  faultIn,
  handleOne,
  handleBatch,
  isHandled,
  type Facts,
  type Hearing,
  type Tally,
} from './handle-events.ts'
import type { LoggedEvent } from './logged-event.ts'
import { accuse, die, park, parkBehind, type Parked } from './park.ts'
import type { LogSettings } from './settings.ts'

const immediateRetries = 3
/** A transaction of many events should not hold its locks for longer, in milliseconds. */
const batchTime = 60

export type EventProcessorNeeds = Readonly<{
  hearing: Hearing
  settings: LogSettings
  log: Log
  epoch: number
  /** Keys that parked messages hold up. */
  held: Iterable<string>
}>

/** What a group has done since this process leads it. */
export type Counts = { heard: number; duplicates: number; failed: number; parked: number; dead: number }

/** Hears the events of one group, and sets aside what cannot be heard. */
export class EventProcessor {
  readonly held: Set<string>
  readonly breaker = new Breaker()
  readonly counts: Counts = { heard: 0, duplicates: 0, failed: 0, parked: 0, dead: 0 }
  readonly needs: EventProcessorNeeds
  #perEvent = 0
  #ended = false

  constructor(needs: EventProcessorNeeds) {
    this.needs = needs
    this.held = new Set(needs.held)
  }

  /** From now on nothing is tried again or set aside: another process leads the group. */
  end(): void {
    this.#ended = true
  }

  /** As many events as are heard in about 60 ms. */
  get batchSize(): number {
    const fitting = Math.floor(batchTime / Math.max(this.#perEvent, 0.01))
    return Math.max(1, Math.min(this.needs.settings.batchSize, fitting))
  }

  /** True for what must not be heard together with others: it cannot be heard, or not yet. */
  isDoubtful(event: LoggedEvent): boolean {
    return this.held.has(event.partition_key) || faultIn(event, this.needs.hearing.subscriptions) !== undefined
  }

  /** Asks the world what an event needs to be heard together with others; undefined when it must go alone. */
  async ask(event: LoggedEvent): Promise<readonly unknown[] | undefined> {
    if (this.isDoubtful(event)) return undefined
    const { hearing, log } = this.needs
    return await prepareEvent(hearing, event).catch((error: unknown) => {
      log.debug({ err: error, group: hearing.group, event_id: event.event_id }, 'asking failed')
      return undefined
    })
  }

  /** Hears events in one transaction. False when one of them failed: then nothing happened, and each must go alone. */
  async together(events: readonly LoggedEvent[], facts: Facts): Promise<boolean> {
    const { hearing } = this.needs
    crashPoint('before-handler')
    try {
      const tally = await handleBatch(hearing, events, facts)
      this.succeeded(tally)
      if (tally.heard > 0) this.#perEvent = this.#perEvent * 0.8 + (tally.time / tally.heard) * 0.2
      return true
    } catch (error) {
      this.needs.log.debug({ err: error, group: hearing.group, events: events.length }, 'a batch goes one by one')
      return false
    }
  }

  /**
   * Hears one event or sets it aside. False when neither was possible because the group has another leader now.
   * `careful` is for a group whose leaders keep dying: what was being heard at two deaths in a row is set aside.
   */
  async alone(event: LoggedEvent, careful = false): Promise<boolean> {
    for (let attempt = 1; !this.#ended; attempt++) {
      try {
        if (careful && attempt === 1 && (await this.#isDeadly(event))) await this.#setAside(event, new Error(deadly))
        else await this.#hearOrSetAside(event)
        return true
      } catch (error) {
        // Not even set aside: the database is away. The event stays where it is and its key waits.
        this.needs.log.warn({ err: error, group: this.#group, event_id: event.event_id }, 'the log is out of reach')
        await sleep(backoff(attempt, 100, 2000))
      }
    }
    return false
  }

  /** True when the inbox has it; false when it cannot be asked, for whoever hears it will find out. */
  async hasHeard({ event_id }: LoggedEvent): Promise<boolean> {
    const { db, group } = this.needs.hearing
    return await isHandled(db, { group, event_id }).catch(() => false)
  }

  get #group(): string {
    return this.needs.hearing.group
  }

  async #isDeadly({ event_id, partition_key }: LoggedEvent): Promise<boolean> {
    const { hearing, epoch } = this.needs
    return !this.held.has(partition_key) && (await accuse(hearing.db, { group: this.#group, epoch, event_id }))
  }

  async #hearOrSetAside(event: LoggedEvent): Promise<void> {
    const { hearing } = this.needs
    if (this.held.has(event.partition_key)) {
      await parkBehind(hearing.db, this.#group, [event])
      this.counts.parked++
      return
    }
    try {
      const fault = faultIn(event, hearing.subscriptions)
      if (fault) throw fault
      crashPoint('before-handler')
      this.succeeded(await this.#insist(event))
    } catch (error) {
      if (!this.#ended) await this.#setAside(event, error)
    }
  }

  /** Tries again at once what passes by itself. */
  async #insist(event: LoggedEvent): Promise<Tally> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await handleOne(this.needs.hearing, event)
      } catch (error) {
        if (attempt > immediateRetries || this.#ended || verdictOn(error) !== 'transient') throw error
        await sleep(10 + Math.random() * 90)
      }
    }
  }

  async #setAside(event: LoggedEvent, error: unknown): Promise<void> {
    const { hearing, settings, log } = this.needs
    const parked = { ...event, event_no: event.id, attempts: 1 }
    const fatal = verdictOn(error) === 'permanent' || settings.maxAttempts <= 1
    const wait = backoff(1, settings.firstBackoff, settings.longestBackoff)
    await hearing.semaphore.run(() =>
      fatal ? die(hearing.db, this.#group, { parked, error }) : park(hearing.db, this.#group, { event, error, wait }),
    )
    crashPoint('after-park')
    this.held.add(event.partition_key)
    this.counts[fatal ? 'dead' : 'parked']++
    this.failed(error)
    log[fatal ? 'error' : 'warn']({ err: error, ...this.about(parked) }, fatal ? 'message dead' : 'message parked')
  }

  /** What a log line says of a message. */
  about({ event_id, type, attempts }: Parked): object {
    return { group: this.#group, event_id, event_type: type, attempts, outage: this.breaker.open }
  }

  /** Counts what was heard. */
  succeeded({ heard, duplicates }: Tally): void {
    this.breaker.succeeded()
    this.counts.heard += heard
    this.counts.duplicates += duplicates
  }

  /** Counts a failure; what no attempt would change says nothing about an outage. */
  failed(error: unknown): void {
    this.counts.failed++
    if (verdictOn(error) !== 'permanent') this.breaker.failed()
  }
}
