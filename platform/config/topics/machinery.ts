import { ConfigError } from '../config-error.ts'
import { decimal, integer, oneOf, text } from '../kinds.ts'
import { optional, secret, withDefault, type ValuesOf } from '../variable.ts'

/** How much is logged. */
type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
const level = oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent')

export const machinery = {
  title: 'Events, jobs, cache and logs',
  variables: {
    EVENT_BROKER_TYPE: withDefault(
      oneOf('embedded', 'rabbitmq', 'kafka'),
      'embedded',
      'What carries events; this version knows only embedded.',
    ),
    OUTBOX_POLL_INTERVAL: withDefault(
      decimal(0.05, 60),
      '1.0',
      'Seconds between looks for new events when nobody nudges.',
    ),
    OUTBOX_BATCH_SIZE: withDefault(integer(1, 10_000), '100', 'Events heard in one transaction at most.'),
    OUTBOX_MAX_ATTEMPTS: withDefault(
      integer(1, 100),
      '5',
      'Failed hearings after which an event is dead and waits for an operator.',
    ),
    OUTBOX_LOG_LEVEL: optional(level, 'How much the event machinery logs; as LOG_LEVEL when absent.'),
    WORKER_CONCURRENCY: withDefault(integer(1, 100), '4', 'Jobs that one process works on at once.'),
    REDIS_URL: secret(text(), 'A shared cache; this version knows only the one in its own memory.'),
    REDIS_HOST: optional(text(), 'The same by host; this version knows only the cache in its own memory.'),
    CACHE_SIZE_MB: withDefault(integer(1, 65_536), '32', 'Memory for cached answers.'),
    CACHE_DEFAULT_TTL: withDefault(
      integer(1, 86_400),
      '300',
      'Seconds for which an answer is cached at most; what a change makes wrong goes at once.',
    ),
    CACHE_ANALYTICS_TTL: withDefault(
      integer(1, 86_400),
      '600',
      'Seconds for which reports are cached; this version has no reports.',
    ),
    LOG_LEVEL: optional(level, 'How much is logged; info, or debug with DEBUG=true.'),
    LOG_FORMAT: optional(
      oneOf('pretty', 'json'),
      'pretty for people, json for machines; by default pretty on a terminal only.',
    ),
  },
}

/** Lines about settings that this version knows and cannot follow yet. */
export const machineryNotices = ({ CACHE_ANALYTICS_TTL: ttl }: ValuesOf<typeof machinery.variables>): string[] =>
  String(ttl) === machinery.variables.CACHE_ANALYTICS_TTL.default
    ? []
    : [`CACHE_ANALYTICS_TTL is "${ttl}" and changes nothing: reports come in a later version`]

/** Times are milliseconds. */
export function machineryOf(values: ValuesOf<typeof machinery.variables>, debug: boolean) {
  if (values.EVENT_BROKER_TYPE !== 'embedded') {
    throw new ConfigError(
      `EVENT_BROKER_TYPE is "${values.EVENT_BROKER_TYPE}": it comes in a later version; expected embedded`,
    )
  }
  const redis = (['REDIS_URL', 'REDIS_HOST'] as const).find((name) => values[name])
  if (redis) throw new ConfigError(`${redis} is set: Redis comes in a later version; expected none`)
  const logLevel: LogLevel = values.LOG_LEVEL ?? (debug ? 'debug' : 'info')
  return {
    broker: { kind: 'embedded' as const },
    outbox: {
      pollInterval: values.OUTBOX_POLL_INTERVAL * 1000,
      batchSize: values.OUTBOX_BATCH_SIZE,
      maxAttempts: values.OUTBOX_MAX_ATTEMPTS,
      logLevel: values.OUTBOX_LOG_LEVEL ?? logLevel,
    },
    jobs: { concurrency: values.WORKER_CONCURRENCY },
    cache: {
      kind: 'memory' as const,
      maxBytes: values.CACHE_SIZE_MB * 1024 * 1024,
      defaultTtl: values.CACHE_DEFAULT_TTL * 1000,
    },
    log: { level: logLevel, format: values.LOG_FORMAT },
  }
}
