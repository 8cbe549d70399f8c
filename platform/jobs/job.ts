import type { Static, TObject } from 'typebox'

/** Work done outside a request: on a schedule, or enqueued in the transaction that wants it. */
export type Job<Payload extends TObject = TObject> = Readonly<{
  /** `module.verb-noun`, unique in the house. */
  name: string
  payload: Payload
  /** Five cron fields in UTC, for work that comes round by itself; its payload is then empty. */
  cron?: string
  /** Milliseconds after which an attempt is given up and tried again. */
  timeLimit: number
  /**
   * Does the work; what it throws is tried again. `signal` aborts at the time limit and when the program stops: work that
   * does not heed it may still run while the next attempt has begun. A method, so that a list holds jobs of any payload.
   */
  work(payload: Static<Payload>, signal: AbortSignal): Promise<void>
}>
