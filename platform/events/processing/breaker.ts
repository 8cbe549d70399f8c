import { backoff } from '../log/backoff.ts'

const failuresUntilOpen = 20
const firstPause = 1000
const maxPause = 15_000

/**
 * Distinguishes an outage from broken messages. After 20 failures in a row it opens: the group tries one message at a
 * time, with growing pauses, until one succeeds. So a night without the payment provider produces no dead messages.
 */
export class Breaker {
  #failures = 0
  #probes = 0
  #nextProbeAt = 0

  get open(): boolean {
    return this.#failures >= failuresUntilOpen
  }

  /** Milliseconds until the group may try the next message. */
  get wait(): number {
    return this.open ? Math.max(0, this.#nextProbeAt - performance.now()) : 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#probes = 0
    this.#nextProbeAt = 0
  }

  failed(): void {
    this.#failures++
    // Messages that were at work when the breaker opened fail as well, and are no probes.
    if (!this.open || this.wait > 0) return
    this.#nextProbeAt = performance.now() + backoff(++this.#probes, firstPause, maxPause)
  }
}
