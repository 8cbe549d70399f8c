import { duration, flag, networks, origins, rate, secret, settings, text, withDefault } from '#platform/config'
import type { Rates } from '#platform/limits'

/** How a server behaves; `httpSettings` reads most of them. */
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

/** The settings of the HTTP server. Times are milliseconds; `rates` holds the rates of this part by limit. */
export const httpSettings = settings({
  title: 'HTTP',
  variables: {
    CORS_ORIGINS: withDefault(
      origins,
      '[]',
      'Other origins whose pages may call the API, exact and separated by commas; none by default.',
    ),
    TRUSTED_PROXIES: withDefault(
      networks,
      '[]',
      'Addresses or networks of proxies whose X-Forwarded-For and -Proto are trusted, separated by commas.',
    ),
    IDEMPOTENCY_TTL: withDefault(duration, '24h', 'How long the response to an Idempotency-Key is stored.'),
    METRICS_TOKEN: secret(text(16), 'Bearer token for /metrics from other machines than this one.'),
    RATE_LIMITS: withDefault(flag, 'true', 'false turns every rate limit off: for benchmarks only.'),
    RATE_LIMIT_DEFAULT: withDefault(
      rate,
      '1200/1m burst 300',
      'Any request, per caller: 1200 in a minute, 300 of them at once.',
    ),
  },
  read: (values) => ({
    corsOrigins: values.CORS_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    idempotencyTtl: values.IDEMPOTENCY_TTL,
    metricsToken: values.METRICS_TOKEN,
    hasRateLimits: values.RATE_LIMITS,
    rates: { default: values.RATE_LIMIT_DEFAULT },
  }),
})
