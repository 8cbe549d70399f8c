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
  work: (payload: Static<Payload>, signal: AbortSignal) => Promise<void>
}>
