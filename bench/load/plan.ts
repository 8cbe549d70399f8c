/** What a load of requests is made of. It stops when the time is over, or when `count` requests have been answered. */
export type Plan = Readonly<{
  port: number
  /** Whole requests as they go over the wire: those of each connection, sent in turn. */
  connections: readonly (readonly string[])[]
  seconds: number
  count?: number
  /** Requests a second at their time, whether earlier ones are answered or not; as fast as answers come when absent. */
  rate?: number
}>

/** What came of it. Milliseconds are from the moment a request was due, so that a slow server hides nothing. */
export type Outcome = Readonly<{
  answered: number
  /** Answers that are not 2xx. */
  refused: number
  perSecond: number
  p50: number
  p99: number
  longest: number
  /** The first answer that is not 2xx. */
  complaint: string | undefined
}>
