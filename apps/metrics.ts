import { hitSamples } from '#platform/cache'
import { outboxStatus } from '#platform/events'
import { jobSamples } from '#platform/jobs'
import { sagaStates } from '#platform/saga'
import type { Metric, Metrics, Sample } from '#platform/telemetry'
import { minutes } from '#platform/values'
import { checksOf } from './checks.ts'
import type { App } from './app.ts'

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

/** Runs one check after another: they read whole tables, and must leave the connections to the customers. */
async function countViolations(app: App): Promise<readonly Sample[]> {
  const samples: Sample[] = []
  for (const { name, violations } of checksOf(app))
    samples.push({ labels: { check: name }, value: (await violations()).length })
  return samples
}

/** Reads at most once in `interval` milliseconds, and repeats the last result in between. */
function atMostEvery<Result>(interval: number, read: () => Promise<Result>): () => Promise<Result> {
  let last: Readonly<{ at: number; result: Promise<Result> }> | undefined
  return () => {
    if (!last || performance.now() - last.at >= interval) last = { at: performance.now(), result: read() }
    return last.result
  }
}

const databaseMetrics = (app: App): Metric[] => [
  { name: 'jobs', help: 'Jobs by state', labels: ['state'], read: jobSamples(app.pool) },
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
    read: atMostEvery(minutes(1), async () => await countViolations(app)),
  },
  ...app.modules.flatMap((module) => module.metrics ?? []),
]
