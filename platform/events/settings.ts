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

/** How long heard events stay in the log, at least. */
export const retention = days(7)
