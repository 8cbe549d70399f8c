import { Unavailable } from '#platform/outcome'
import { inSpan } from '#platform/telemetry'
import { seconds } from '#platform/values'
import { inTime } from './in-time.ts'
import { recordCircuit } from './open-circuits.ts'

const failuresUntilOpen = 5
const firstPause = seconds(1)
const maxPause = seconds(15)

type Options = Readonly<{
  /** Milliseconds after which a call fails; 10 s when absent. */
  timeLimit?: number
  /** False where the caller makes a span of each call, or where calls are too many for that; true when absent. */
  isTraced?: boolean
  /** Milliseconds of any steady clock. */
  now?: () => number
}>

/**
 * Guards the calls to one dependency. Each call has a time limit. After five calls in a row that exceed it or throw
 * `Unavailable`, the circuit opens: it refuses calls at once, except for one probe at a time after pauses of 1 s to 15 s.
 * Any answer, an error of the dependency included, closes the circuit.
 */
export class Circuit {
  readonly #dependency: string
  readonly #timeLimit: number
  readonly #now: () => number
  readonly #isTraced: boolean
  #failures = 0
  #probes = 0
  #nextProbeAt = 0
  #probing = false
  #lastError: unknown

  /** `dependency` names what is called, for errors and metrics: `the payment provider`. */
  constructor(dependency: string, options: Options = {}) {
    const { timeLimit = seconds(10), now = () => performance.now(), isTraced = true } = options
    this.#dependency = dependency
    this.#timeLimit = timeLimit
    this.#now = now
    this.#isTraced = isTraced
  }

  get open(): boolean {
    return this.#failures >= failuresUntilOpen
  }

  /**
   * Calls the dependency. Throws `Unavailable` when the circuit is open, and when the call exceeds the time limit: its
   * outcome is then unknown. `call` receives a signal that ends with the time limit or with `signal` of the caller.
   */
  async run<Result>(call: (signal: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    if (!this.#isTraced) return await this.#guard(call, signal)
    return await inSpan(this.#describe, () => this.#guard(call, signal))
  }

  #describe = () =>
    ({ name: this.#dependency, kind: 'client', attributes: { 'peer.service': this.#dependency } }) as const

  async #guard<Result>(call: (signal: AbortSignal) => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    signal?.throwIfAborted()
    const probe = this.open
    if (probe) this.#startProbe()
    try {
      const result = await inTime(call, { timeLimit: this.#timeLimit, tooLate: this.#tooLate, signal })
      this.#answered()
      return result
    } catch (error) {
      // A caller that gave up says nothing about the dependency.
      if (!signal?.aborted) this.#failed(error, probe)
      throw error
    } finally {
      if (probe) this.#probing = false
    }
  }

  #startProbe(): void {
    if (this.#probing || this.#now() < this.#nextProbeAt)
      throw new Unavailable(this.#dependency, { cause: this.#lastError })
    this.#probing = true
  }

  #tooLate = () => {
    const cause = new Error(`no answer within ${this.#timeLimit} ms`)
    return new Unavailable(this.#dependency, { cause })
  }

  #answered(): void {
    if (this.open) recordCircuit(this.#dependency, false)
    this.#failures = 0
    this.#probes = 0
  }

  #failed(error: unknown, probe: boolean): void {
    if (!(error instanceof Unavailable)) return this.#answered()
    this.#lastError = error
    this.#failures++
    // Calls that began before the circuit opened are no probes.
    if (!this.open || (!probe && this.#probes > 0)) return
    if (this.#probes === 0) recordCircuit(this.#dependency, true)
    this.#nextProbeAt = this.#now() + Math.min(maxPause, firstPause * 2 ** this.#probes++)
  }
}
