import { sql } from 'kysely'
import { hitReadings } from '#platform/cache'
import { outboxStatus } from '#platform/events'
import { jobReadings } from '#platform/jobs'
import { sagaStates } from '#platform/saga'
import type { Figure, Metrics } from '#platform/telemetry'
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

const shopFigures = ({ db, modules }: House): Figure[] => [
  {
    name: 'sagas',
    help: 'Sagas that have not ended',
    labels: ['type', 'state', 'status'],
    read: async () => (await sagaStates(db)).map(({ count, ...labels }) => ({ labels, value: count })),
  },
  {
    name: 'holds',
    help: 'Orders whose stock is held',
    read: async () => {
      const { rows } = await sql<{
        value: number
      }>`select count(*) as value from catalog.holds where state in ('held', 'firm')`.execute(db)
      return rows
    },
  },
  {
    name: 'payments',
    help: 'Payments by status',
    labels: ['status'],
    read: async () => {
      const { rows } = await sql<{
        status: string
        value: number
      }>`select status, count(*) as value from payments.payments group by 1`.execute(db)
      return rows.map(({ status, value }) => ({ labels: { status }, value }))
    },
  },
  {
    name: 'invariant_drift',
    help: 'Rows that break an invariant, as posad check finds them',
    labels: ['check'],
    read: async () => {
      const checks = modules.flatMap((module) => module.checks ?? [])
      return await Promise.all(
        checks.map(async ({ name, drift }) => ({ labels: { check: name }, value: (await drift()).length })),
      )
    },
  },
]
