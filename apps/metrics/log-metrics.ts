import type { LogConsumer } from '#platform/events'
import type { Metric } from '#platform/telemetry'

type Measures = ReturnType<LogConsumer['measures']>[number]

/** Metrics of the consumer groups that this process leads. Counters start at 0 when a group changes its leader. */
export const logMetrics = (consumer: Pick<LogConsumer, 'measures' | 'leaderChanges'>): Metric[] => {
  const perGroup = (value: (measures: Measures) => number) => () =>
    consumer.measures().map((measures) => ({ labels: { group: measures.group }, value: value(measures) }))
  return [
    {
      name: 'log_outstanding_events',
      help: 'Events of a group led by this process that were read and are not done',
      labels: ['group'],
      read: perGroup(({ outstanding }) => outstanding),
    },
    {
      name: 'log_oldest_seconds',
      help: 'Age of the oldest of these events',
      labels: ['group'],
      read: perGroup(({ lag_seconds }) => lag_seconds),
    },
    {
      name: 'log_events_total',
      help: 'Events of a group led by this process, by outcome; a failed event may be tried again',
      kind: 'counter',
      labels: ['group', 'outcome'],
      read: () => consumer.measures().flatMap(outcomesOf),
    },
    {
      name: 'log_held_keys',
      help: 'Keys whose later events wait behind a parked one',
      labels: ['group'],
      read: perGroup(({ held_keys }) => held_keys),
    },
    {
      name: 'log_leader_changes_total',
      help: 'Times this process became the leader of a group',
      kind: 'counter',
      read: () => [{ value: consumer.leaderChanges() }],
    },
  ]
}

const outcomesOf = (measures: Measures) =>
  (['handled', 'duplicates', 'failed', 'parked', 'dead'] as const).map((outcome) => ({
    labels: { group: measures.group, outcome },
    value: measures[outcome],
  }))
