import { hitSamples } from '#platform/cache'
import { outboxStatus } from '#platform/events'
import { finishedJobsMetric, jobSamples } from '#platform/jobs'
import { sagaStates } from '#platform/saga'
import type { Metric, Metrics } from '#platform/telemetry'
import type { App } from '../app.ts'
import { runChecks } from '../checks/run-checks.ts'

/**
 * Registers the metrics of the app, except those of its HTTP requests. Those that come from the database are the same in every
 * process: one process of several exports them.
 */
export function watchApp(metrics: Metrics, app: App, { hasDatabase = true }: { hasDatabase?: boolean } = {}): void {
  const shared = hasDatabase ? [...outboxMetrics(app), ...databaseMetrics(app)] : []
  for (const metric of [...poolMetrics(app), ...shared]) metrics.watch(metric)
}

const poolMetrics = ({ pool, cache }: App): Metric[] => [
  {
    name: 'db_connections',
    help: 'Connections of the pool by state',
    labels: ['state'],
    read: () => [
      { labels: { state: 'idle' }, value: pool.idleCount },
      { labels: { state: 'busy' }, value: pool.totalCount - pool.idleCount },
      { labels: { state: 'waiting' }, value: pool.waitingCount },
    ],
  },
  {
    name: 'cache_reads_total',
    help: 'Reads of the cache',
    kind: 'counter',
    labels: ['outcome'],
    read: hitSamples(cache),
  },
]

const outboxMetrics = ({ db }: App): Metric[] => {
  const perGroup = (value: (status: Awaited<ReturnType<typeof outboxStatus>>[number]) => number) => async () =>
    (await outboxStatus(db)).map((status) => ({ labels: { group: status.group }, value: value(status) }))
  return [
    {
      name: 'outbox_lag_events',
      help: 'Events published and not handled by a group',
      labels: ['group'],
      read: perGroup((status) => status.lag_events),
    },
    {
      name: 'outbox_lag_seconds',
      help: 'Age of the oldest of these events',
      labels: ['group'],
      read: perGroup((status) => status.lag_seconds),
    },
    {
      name: 'outbox_dead',
      help: 'Messages that wait for an operator',
      labels: ['group'],
      read: perGroup((status) => status.dead),
    },
  ]
}

const databaseMetrics = (app: App): Metric[] => [
  { name: 'jobs', help: 'Jobs by state', labels: ['state'], read: jobSamples(app.pool) },
  finishedJobsMetric,
  {
    name: 'sagas',
    help: 'Sagas that have not ended',
    labels: ['type', 'state', 'status'],
    read: async () => (await sagaStates(app.db)).map(({ count, ...labels }) => ({ labels, value: count })),
  },
  {
    name: 'invariant_violations',
    help: 'Rows that break an invariant, as posad check lists them',
    labels: ['check'],
    read: async () =>
      (await runChecks(app)).results.map(({ name, violations }) => ({
        labels: { check: name },
        value: violations.length,
      })),
  },
  ...app.modules.flatMap((module) => module.metrics ?? []),
]
