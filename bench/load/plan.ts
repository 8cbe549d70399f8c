import type { Times } from './times.ts'

/** A load of requests. It ends after `seconds`, or after `count` responses. */
export type Plan = Readonly<{
  port: number
  /** Complete HTTP/1.1 requests as text: each connection sends its own in turn. */
  connections: readonly (readonly string[])[]
  seconds: number
  count?: number
  /** Requests per second, sent on time even while earlier ones wait; when absent, a response triggers the next request. */
  rate?: number
}>

/** The result of a load. Milliseconds count from the moment a request was due, so that a slow server hides no delay. */
export type Outcome = Omit<Times, 'count'> &
  Readonly<{
    answered: number
    /** Responses that are not 2xx. */
    failed: number
    perSecond: number
    /** The first response that is not 2xx. */
    firstFailure: string | undefined
  }>
