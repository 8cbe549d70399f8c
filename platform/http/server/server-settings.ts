import { randomBytes } from 'node:crypto'
import type { Rates } from '#platform/limits'
import type { StreamCaps } from '../streams/stream-slots.ts'
import type { ConnectionCaps } from './cap-connections.ts'

/** The settings of a server. */
export type ServerSettings = Readonly<{
  /** Serve the API documents and their pages. */
  docs: boolean
  /** The exchange of the broker, as the description of the events names it. */
  exchange: string
  /** Exact origins whose pages may call the API. */
  corsOrigins: readonly string[]
  /** Addresses and networks whose X-Forwarded-For and -Proto are trusted. */
  trustedProxies: readonly string[]
  limits: Rates
  connections: ConnectionCaps
  /** Server-sent events that a process keeps open. */
  streams: StreamCaps
  /** The secret of stream tokens; the same in all processes that answer for one address. */
  streamSecret: string
  /** Milliseconds for which the response of an Idempotency-Key is kept. */
  idempotencyTtl: number
  metricsToken: string | undefined
  /** Without a token, answer `/metrics` to this machine: only where no proxy is in front of the server. */
  hasLocalMetrics: boolean
  /** The public address is https: responses require it from browsers. A trusted proxy may say so per request. */
  https: boolean
  /** Milliseconds in which a request must have arrived completely. */
  requestTimeout: number
  headersTimeout: number
  keepAliveTimeout: number
  /** Milliseconds after which a connection is closed whose client reads nothing of a response. */
  writeTimeout: number
  /** Milliseconds after which a stopping server closes the connections that are still open. */
  drainTimeout: number
}>

export const defaultSettings: ServerSettings = {
  docs: true,
  exchange: 'posad',
  corsOrigins: [],
  trustedProxies: [],
  limits: { kind: 'off' },
  connections: { total: 10_000, perAddress: 200 },
  streams: { perUser: 5, perAddress: 20, total: 1000 },
  // A token lives for a minute, so a secret that changes at each start costs one more request.
  streamSecret: randomBytes(32).toString('base64url'),
  idempotencyTtl: 86_400_000,
  metricsToken: undefined,
  hasLocalMetrics: false,
  https: false,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 5_000,
  writeTimeout: 10_000,
  drainTimeout: 20_000,
}
