import { decimal, integer, optional, settings, withDefault } from '#platform/config'
import { logLevel } from '#platform/telemetry'
import { days, hours, minutes, seconds } from '#platform/values'

/** How a process consumes the log. Times are milliseconds. */
export type LogSettings = Readonly<{
  /** Longest time between two reads of the log when no nudge arrives. */
  pollInterval: number
  /** Most events in one transaction. Slow handlers get smaller batches, so that no transaction holds its locks for long. */
  batchSize: number
  /** Longest wait of an event for others that share its transaction, when its subscriptions let it `linger`. */
  lingerTime: number
  /** Failed attempts after which a message is dead. An attempt that meets an unavailable dependency does not count. */
  maxAttempts: number
  /** Most keys of one group at work at once outside a batch: while handlers prepare, or when one of them is slow. */
  concurrency: number
  /** Most connections of the pool that the handlers of all groups hold at once; half of the pool when absent. */
  connections: number | undefined
  /** Wait before the second attempt; it doubles with each further attempt. */
  firstBackoff: number
  maxBackoff: number
  /** The longest wait between two attempts while a dependency is unavailable. */
  maxOutageBackoff: number
  /** Time after which a message that waits for an unavailable dependency is dead. */
  outageLimit: number
  /** Time for one event's calls of other systems, which its handlers prepare; then they count as unavailable. */
  prepareTimeLimit: number
  /** Time for the handlers of one transaction; then it is rolled back. */
  handlerTimeLimit: number
  /** Time that running handlers have to finish when the consumer stops. Then they are abandoned and rolled back. */
  shutdownTimeout: number
  /** A leader that is silent for this long loses its groups to another process. */
  leaderTimeout: number
}>

export const logDefaults: LogSettings = {
  pollInterval: seconds(1),
  batchSize: 100,
  lingerTime: 50,
  maxAttempts: 5,
  concurrency: 16,
  connections: undefined,
  firstBackoff: seconds(1),
  maxBackoff: minutes(60),
  maxOutageBackoff: seconds(30),
  outageLimit: hours(24),
  prepareTimeLimit: seconds(15),
  handlerTimeLimit: seconds(15),
  shutdownTimeout: seconds(15),
  leaderTimeout: seconds(5),
}

/** The settings of events. Times are milliseconds; an absent `logLevel` means that of all logs. */
export const eventSettings = settings({
  title: 'Events',
  variables: {
    OUTBOX_POLL_INTERVAL: withDefault(
      decimal(0.05, 60),
      '1.0',
      'Seconds after which the program looks for new events when no notification arrives.',
    ),
    OUTBOX_BATCH_SIZE: withDefault(integer(1, 10_000), '100', 'The most events handled in one transaction.'),
    OUTBOX_MAX_ATTEMPTS: withDefault(
      integer(1, 100),
      '5',
      'Failed attempts after which an event is dead and waits for an operator.',
    ),
    OUTBOX_LOG_LEVEL: optional(logLevel, 'How much the processing of events logs; as LOG_LEVEL when absent.'),
  },
  read: (values) => ({
    pollInterval: values.OUTBOX_POLL_INTERVAL * 1000,
    batchSize: values.OUTBOX_BATCH_SIZE,
    maxAttempts: values.OUTBOX_MAX_ATTEMPTS,
    logLevel: values.OUTBOX_LOG_LEVEL,
  }),
})

/** Least time for which the log keeps an event. */
export const retention = days(7)

/** Time for which a service recognises the events of others: longer than a broker or a restored log may repeat one. */
export const ingestedRetention = days(30)
