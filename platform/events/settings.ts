import { ConfigError, decimal, integer, oneOf, optional, settings, withDefault } from '#platform/config'
import { logLevel } from '#platform/telemetry'
import { days, minutes, seconds } from '#platform/values'

/** How the log is consumed. Times are milliseconds. */
export type LogSettings = Readonly<{
  /** Between looks at the log when nobody nudges. */
  pollInterval: number
  /** Events heard in one transaction at most; heavy hearers get fewer, so that none holds its locks for long. */
  batchSize: number
  /** Failed hearings after which an event is dead. */
  maxAttempts: number
  /** Keys of one group heard at once at most: while hearers ask the world, or when one of them is slow. */
  lanes: number
  /** Connections of the pool that hearers of all groups may hold at once; half of the pool when absent. */
  connections: number | undefined
  /** Wait before the second attempt; doubled with each further one. */
  firstBackoff: number
  longestBackoff: number
  /** For hearers still at work when the log is stopped. */
  grace: number
  /** A leader that says nothing for so long loses its groups to another process. */
  silence: number
}>

export const logDefaults: LogSettings = {
  pollInterval: seconds(1),
  batchSize: 100,
  maxAttempts: 5,
  lanes: 16,
  connections: undefined,
  firstBackoff: seconds(1),
  longestBackoff: minutes(60),
  grace: seconds(20),
  silence: seconds(5),
}

/** The settings of events. Times are milliseconds; an absent `logLevel` means that of all logs. */
export const eventSettings = settings({
  title: 'Events',
  variables: {
    EVENT_BROKER_TYPE: withDefault(
      oneOf('embedded', 'rabbitmq', 'kafka'),
      'embedded',
      'The broker that carries events; this version supports only embedded.',
    ),
    OUTBOX_POLL_INTERVAL: withDefault(
      decimal(0.05, 60),
      '1.0',
      'Seconds between two looks for new events when no notification arrives.',
    ),
    OUTBOX_BATCH_SIZE: withDefault(integer(1, 10_000), '100', 'Events handled in one transaction at most.'),
    OUTBOX_MAX_ATTEMPTS: withDefault(
      integer(1, 100),
      '5',
      'Failed attempts after which an event is dead and waits for an operator.',
    ),
    OUTBOX_LOG_LEVEL: optional(logLevel, 'How much the processing of events logs; as LOG_LEVEL when absent.'),
  },
  read: (values) => {
    if (values.EVENT_BROKER_TYPE !== 'embedded') {
      throw new ConfigError(
        `EVENT_BROKER_TYPE is "${values.EVENT_BROKER_TYPE}": it comes in a later version; expected embedded`,
      )
    }
    return {
      pollInterval: values.OUTBOX_POLL_INTERVAL * 1000,
      batchSize: values.OUTBOX_BATCH_SIZE,
      maxAttempts: values.OUTBOX_MAX_ATTEMPTS,
      logLevel: values.OUTBOX_LOG_LEVEL,
    }
  },
})

/** How long heard events stay in the log, at least. */
export const retention = days(7)
