import type { Static, TObject } from 'typebox'

/** Work outside a request: on a schedule, or enqueued in a transaction. */
export type Job<Payload extends TObject = TObject> = Readonly<{
  /** `module.verb-noun`, unique in the app. */
  name: string
  payload: Payload
  /** Five cron fields in UTC, for a scheduled job; its payload is empty. */
  cron?: string
  /** Milliseconds after which an attempt fails and is tried again. */
  timeLimit: number
  /**
   * Does the work. The job is tried again when it throws. `signal` aborts at the time limit and when the program stops:
   * work that ignores it may overlap with the next attempt. This is a method, so that a list can hold jobs of any payload.
   */
  work(payload: Static<Payload>, signal: AbortSignal): Promise<void>
}>
