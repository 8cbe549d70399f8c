import { duration, flag, integer, networks, origins, rate, secret, settings, text, withDefault } from '#platform/config'

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
    IDEMPOTENCY_TTL: withDefault(duration, '24h', 'How long the response under an Idempotency-Key is stored.'),
    METRICS_TOKEN: secret(
      text(16),
      'Bearer token for /metrics. Without it only this machine reads them, and only without TRUSTED_PROXIES, a public PUBLIC_URL and NODE_ENV=production.',
    ),
    CONNECTIONS_PER_ADDRESS: withDefault(
      integer(1, 100_000),
      '200',
      'Connections that one public address may keep open; trusted proxies and private networks are not counted.',
    ),
    CONNECTIONS_TOTAL: withDefault(integer(1, 1_000_000), '10000', 'Connections that this process keeps open.'),
    STREAMS_PER_USER: withDefault(
      integer(1, 1000),
      '5',
      'Streams of events that one user, or one private link, may keep open.',
    ),
    STREAMS_PER_ADDRESS: withDefault(integer(1, 100_000), '20', 'Streams of events that one address may keep open.'),
    STREAMS_TOTAL: withDefault(integer(1, 100_000), '1000', 'Streams of events that this process keeps open.'),
    STREAM_SECRET: secret(
      text(32),
      'Encrypts the tokens with which a browser opens a stream; the same in all processes behind one address. Random when absent.',
    ),
    RATE_LIMITS: withDefault(flag, 'true', 'false turns every rate limit off: for benchmarks only.'),
    RATE_LIMIT_DEFAULT: withDefault(
      rate,
      '1200/1m burst 300',
      'Any request, per caller: 1200 in a minute, 300 of them at once; four times that for all accounts of one public address.',
    ),
  },
  read: (values) => ({
    corsOrigins: values.CORS_ORIGINS,
    trustedProxies: values.TRUSTED_PROXIES,
    idempotencyTtl: values.IDEMPOTENCY_TTL,
    metricsToken: values.METRICS_TOKEN,
    connections: { total: values.CONNECTIONS_TOTAL, perAddress: values.CONNECTIONS_PER_ADDRESS },
    streams: {
      perUser: values.STREAMS_PER_USER,
      perAddress: values.STREAMS_PER_ADDRESS,
      total: values.STREAMS_TOTAL,
    },
    streamSecret: values.STREAM_SECRET,
    hasRateLimits: values.RATE_LIMITS,
    rates: { default: values.RATE_LIMIT_DEFAULT },
  }),
})
