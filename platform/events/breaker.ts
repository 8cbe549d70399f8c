import { backoff } from './failure.ts'

const failuresUntilOpen = 20
const firstProbe = 1000
const longestProbe = 15_000

/**
 * Tells an outage from broken messages: after 20 failures in a row a group hears only one message at a time, with growing
 * pauses, until one succeeds. So a night without the payment provider fills no dead letters.
 */
export class Breaker {
  #failures = 0
  #probes = 0
  #probeAt = 0

  get open(): boolean {
    return this.#failures >= failuresUntilOpen
  }

  /** Milliseconds until the next message may be tried. */
  get wait(): number {
    return this.open ? Math.max(0, this.#probeAt - performance.now()) : 0
  }

  succeeded(): void {
    this.#failures = 0
    this.#probes = 0
    this.#probeAt = 0
  }

  failed(): void {
    this.#failures++
    // What was already at work when it opened fails as well, and is no probe.
    if (!this.open || this.wait > 0) return
    this.#probeAt = performance.now() + backoff(++this.#probes, firstProbe, longestProbe)
  }
}
