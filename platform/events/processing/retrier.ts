import { findDue, retryParked, type DueMessage } from '../parking/retry.ts'
import type { EventProcessor } from './event-processor.ts'
import type { GroupScheduler } from './group-scheduler.ts'

/** Most keys at once whose parked messages are tried again. */
const maxRetrying = 64

/**
 * Tries the parked messages of one group again. Attempts do not wait for each other: one that hangs keeps its own key and
 * its own place, and the others go on.
 */
export class Retrier {
  readonly #processor: EventProcessor
  readonly #scheduler: GroupScheduler
  /** The keys whose messages are tried at this moment. */
  readonly #keys = new Set<string>()
  #looking = false

  constructor(processor: EventProcessor, scheduler: GroupScheduler) {
    this.#processor = processor
    this.#scheduler = scheduler
  }

  /** Starts to try the messages that are due, as many as there are places. */
  look(): void {
    const free = maxRetrying - this.#keys.size
    if (this.#looking || free <= 0 || this.#processor.heldKeys.size === 0) return
    this.#looking = true
    const { context, log } = this.#processor.needs
    findDue(context.db, context.group, { limit: free, busyKeys: [...this.#keys] })
      .then(
        (due) => due.forEach((message) => void this.#retry(message)),
        (error: unknown) => log.debug({ err: error, group: context.group }, 'cannot reach the log'),
      )
      .finally(() => (this.#looking = false))
  }

  async #retry(due: DueMessage): Promise<void> {
    const { log } = this.#processor.needs
    const key = due.partition_key
    if (this.#keys.has(key)) return
    this.#keys.add(key)
    const tried = await this.#scheduler
      .retry(key, () => retryParked(this.#processor, due))
      .catch((error: unknown) => log.debug({ err: error, ...this.#processor.logFields(due) }, 'cannot reach the log'))
    this.#keys.delete(key)
    // The next message of the key may be due now, and others may wait for a place.
    if (tried && this.#keys.size <= maxRetrying / 2) this.look()
  }
}
