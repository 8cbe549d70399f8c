import {
  ConfigError,
  integer,
  optional,
  redisUrl,
  secret,
  settings,
  text,
  withDefault,
  type ValuesOf,
} from '#platform/config'

const variables = {
  REDIS_URL: secret(
    redisUrl,
    'A cache and the counts of rate limits that all processes share, redis://user:password@host:6379/0; without it each process has its own in memory.',
  ),
  REDIS_HOST: optional(text(1, 255), 'The host name or address of Redis, instead of REDIS_URL.'),
  REDIS_PORT: optional(integer(1, 65_535), 'The port of REDIS_HOST; 6379 when absent.'),
  REDIS_PASSWORD: secret(text(), 'The password at REDIS_HOST.'),
  CACHE_SIZE_MB: withDefault(integer(1, 65_536), '32', 'Megabytes for cached values, where Redis is not used.'),
  CACHE_DEFAULT_TTL: withDefault(
    integer(1, 86_400),
    '300',
    'The most seconds for which a value stays cached. A change removes the values that it makes wrong at once, except the stock that an order changed in the cache of another process.',
  ),
}

type Values = ValuesOf<typeof variables>

/** The cache to use. `defaultTtl` is in milliseconds. */
export type CacheSettings = Readonly<{ defaultTtl: number }> &
  (Readonly<{ kind: 'memory'; maxBytes: number }> | Readonly<{ kind: 'redis'; url: string }>)

/** The settings of the cache. */
export const cacheSettings = settings({
  title: 'Cache: REDIS_URL or REDIS_HOST name a Redis; without them the cache is in the memory of the process',
  variables,
  read: (values): CacheSettings => {
    const url = urlOf(values)
    const defaultTtl = values.CACHE_DEFAULT_TTL * 1000
    if (url !== undefined) return { kind: 'redis', url, defaultTtl }
    return { kind: 'memory', maxBytes: values.CACHE_SIZE_MB * 1024 * 1024, defaultTtl }
  },
})

function urlOf({ REDIS_URL, REDIS_HOST, REDIS_PORT, REDIS_PASSWORD }: Values): string | undefined {
  const parts = { REDIS_HOST, REDIS_PORT, REDIS_PASSWORD }
  if (REDIS_URL !== undefined) {
    refuseContradiction(REDIS_URL, parts)
    return REDIS_URL
  }
  if (REDIS_HOST !== undefined) {
    const host = REDIS_HOST.includes(':') ? `[${REDIS_HOST}]` : encodeURIComponent(REDIS_HOST)
    const login = REDIS_PASSWORD === undefined ? '' : `:${encodeURIComponent(REDIS_PASSWORD)}@`
    return `redis://${login}${host}:${REDIS_PORT ?? 6379}`
  }
  const stray = (['REDIS_PORT', 'REDIS_PASSWORD'] as const).find((name) => parts[name] !== undefined)
  if (stray) throw new ConfigError(`${stray} is set without a server: expected REDIS_HOST or REDIS_URL beside it`)
  return undefined
}

type Parts = Pick<Values, 'REDIS_HOST' | 'REDIS_PORT' | 'REDIS_PASSWORD'>

function refuseContradiction(address: string, given: Parts): void {
  const url = new URL(address)
  const parts: Parts = {
    REDIS_HOST: decodeURIComponent(url.hostname).replace(/^\[|\]$/g, ''),
    REDIS_PORT: Number(url.port || 6379),
    REDIS_PASSWORD: decodeURIComponent(url.password),
  }
  for (const name of Object.keys(parts) as (keyof Parts)[]) {
    if (given[name] !== undefined && given[name] !== parts[name])
      throw new ConfigError(`${name} and REDIS_URL are the same setting with two values: keep one`)
  }
}
