import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'

/** A request to another service. */
export type UpstreamRequest = Readonly<{
  method: string
  /** The path with its query. */
  path: string
  headers: Readonly<Record<string, string | string[]>>
  /** A stream is read once, and only after a connection was made. */
  body?: string | AsyncIterable<Uint8Array>
  /** When a second attempt does no harm; never when absent. */
  repeat?: 'after-loss' | 'after-loss-or-timeout'
  /** Milliseconds from the end of the request to the headers of the answer; the limit of the upstream when absent. */
  timeLimit?: number
  signal?: AbortSignal | undefined
}>

/** The answer, as soon as its headers have arrived. The caller reads `body` to its end, or destroys it. */
export type UpstreamResponse = Readonly<{ status: number; headers: IncomingHttpHeaders; body: Readable }>

/** Times in milliseconds. */
export type UpstreamLimits = Readonly<{
  connect: number
  /** The time from the end of the request to the headers of the answer. */
  headers: number
  /** The time between two parts of the answer. */
  body: number
}>
