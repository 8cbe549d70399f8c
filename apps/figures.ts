import { hitReadings } from '#platform/cache'
import { outboxStatus } from '#platform/events'
import { jobReadings } from '#platform/jobs'
import { sagaStates } from '#platform/saga'
import type { Figure, Metrics } from '#platform/telemetry'
import { checksOf } from './checks.ts'
import type { House } from './house.ts'

/** Everything Prometheus may know of a house beside its requests. */
export function watchHouse(metrics: Metrics, house: House): void {
  for (const figure of [...poolFigures(house), ...outboxFigures(house), ...shopFigures(house)]) metrics.watch(figure)
}

const poolFigures = ({ pool, cache }: House): Figure[] => [
  {
    name: 'db_connections',
    help: 'Connections of the pool by what they do',
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
    read: hitReadings(cache),
  },
  { name: 'jobs', help: 'Jobs by state', labels: ['state'], read: jobReadings(pool) },
]

const outboxFigures = ({ db }: House): Figure[] => {
  const perGroup = (value: (status: Awaited<ReturnType<typeof outboxStatus>>[number]) => number) => async () =>
    (await outboxStatus(db)).map((status) => ({ labels: { group: status.group }, value: value(status) }))
  return [
    {
      name: 'outbox_lag_events',
      help: 'Events told and not heard',
      labels: ['group'],
      read: perGroup((status) => status.lag_events),
    },
    {
      name: 'outbox_lag_seconds',
      help: 'Age of the oldest of them',
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

const shopFigures = (house: House): Figure[] => [
  {
    name: 'sagas',
    help: 'Sagas that have not ended',
    labels: ['type', 'state', 'status'],
    read: async () => (await sagaStates(house.db)).map(({ count, ...labels }) => ({ labels, value: count })),
  },
  {
    name: 'invariant_drift',
    help: 'Rows that break an invariant, as posad check finds them',
    labels: ['check'],
    read: async () =>
      await Promise.all(
        checksOf(house).map(async ({ name, drift }) => ({ labels: { check: name }, value: (await drift()).length })),
      ),
  },
  ...house.modules.flatMap((module) => module.figures ?? []),
]
