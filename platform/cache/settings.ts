import { ConfigError, integer, optional, secret, settings, text, withDefault } from '#platform/config'

const analyticsTtl = '600'

/** The settings of the cache. `defaultTtl` is in milliseconds. */
export const cacheSettings = settings({
  title: 'Cache',
  variables: {
    REDIS_URL: secret(text(), 'A shared cache; this version supports only the cache in its own memory.'),
    REDIS_HOST: optional(text(), 'The same by host; this version supports only the cache in its own memory.'),
    CACHE_SIZE_MB: withDefault(integer(1, 65_536), '32', 'Memory for cached values.'),
    CACHE_DEFAULT_TTL: withDefault(
      integer(1, 86_400),
      '300',
      'Seconds for which a value stays cached at most. A change removes the values that it makes wrong at once, except the stock that an order changed in the cache of another process.',
    ),
    CACHE_ANALYTICS_TTL: withDefault(
      integer(1, 86_400),
      analyticsTtl,
      'Seconds for which reports stay cached; this version has no reports.',
    ),
  },
  read: (values) => {
    const redis = (['REDIS_URL', 'REDIS_HOST'] as const).find((name) => values[name])
    if (redis) throw new ConfigError(`${redis} is set: Redis comes in a later version; expected none`)
    return {
      kind: 'memory' as const,
      maxBytes: values.CACHE_SIZE_MB * 1024 * 1024,
      defaultTtl: values.CACHE_DEFAULT_TTL * 1000,
    }
  },
  notices: ({ CACHE_ANALYTICS_TTL: ttl }) =>
    String(ttl) === analyticsTtl
      ? []
      : [`CACHE_ANALYTICS_TTL is "${ttl}" and changes nothing: reports come in a later version`],
})
