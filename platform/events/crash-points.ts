import { crashPoints } from '#platform/crash-points'

/** Points of the log and its consumer groups. */
export const crashPoint = crashPoints('events', [
  'before-handler',
  'before-commit',
  'after-commit.before-checkpoint',
  'after-park',
  'before-retry',
])

/** Points of the ingest of events from other services. */
export const ingestCrashPoint = crashPoints('ingest', ['after-commit.before-acknowledge'])
