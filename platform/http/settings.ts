import type { Rates } from '#platform/limits'

/** How a server behaves; `readConfig` has the values. */
export type ServerSettings = Readonly<{
  /** Serve the API documents and their pages. */
  docs: boolean
  /** Exact origins whose pages may call the API. */
  corsOrigins: readonly string[]
  /** Addresses and networks whose X-Forwarded-For and -Proto are believed. */
  trustedProxies: readonly string[]
  limits: Rates
  /** Milliseconds for which an answer to an Idempotency-Key is kept. */
  idempotencyTtl: number
  metricsToken: string | undefined
  /** The shop is reached by https only, and browsers are told so; those that a trusted proxy says came by https are anyway. */
  https: boolean
  /** Bytes of a body at most. */
  bodyLimit: number
  /** Milliseconds for a request to come in completely. */
  requestTimeout: number
  headersTimeout: number
  keepAliveTimeout: number
  /** Milliseconds after which a stopping server cuts the connections that are still open. */
  drainTimeout: number
}>

export const defaultSettings: ServerSettings = {
  docs: true,
  corsOrigins: [],
  trustedProxies: [],
  limits: { kind: 'off' },
  idempotencyTtl: 86_400_000,
  metricsToken: undefined,
  https: false,
  bodyLimit: 1_048_576,
  requestTimeout: 30_000,
  headersTimeout: 10_000,
  keepAliveTimeout: 5_000,
  drainTimeout: 20_000,
}
