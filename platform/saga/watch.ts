import { sql } from 'kysely'
import type { Db } from '#platform/db'
import type { Check } from '#platform/checks'
import type { WatchedSaga } from './saga.ts'

/** Counts the unfinished instances by state, for the metrics. Two indexes serve the two halves; ended sagas are not read. */
export async function sagaStates(
  db: Db,
): Promise<readonly Readonly<{ type: string; state: string; status: string; count: number }>[]> {
  const { rows } = await sql<{ type: string; state: string; status: string; count: number }>`
    select type, state, status, count(*) as count from (
      select type, state, status from platform.saga where status = 'running'
      union all
      select type, state, status from platform.saga where status = 'needs_operator') unfinished
    group by 1, 2, 3
  `.execute(db)
  return rows
}

/** The invariants of every saga, for `posad check`. */
export const sagaChecks = (db: Db): readonly Check[] => [
  {
    name: 'saga.none-overdue',
    description: 'No running saga is more than a minute past its timeout.',
    violations: async () =>
      (
        await sql<object>`select type, key, state, timeout_at from platform.saga where status = 'running' and timeout_at < now() - interval '1 minute' limit 100`.execute(
          db,
        )
      ).rows,
  },
  {
    name: 'saga.none-needs-operator',
    description: 'No saga waits for an operator.',
    violations: async () =>
      (
        await sql<object>`select type, key, state, last_progress_at from platform.saga where status = 'needs_operator' limit 100`.execute(
          db,
        )
      ).rows,
  },
  {
    name: 'saga.no-dead-message',
    description: 'No dead message belongs to a running saga.',
    violations: async () => (await deadOfRunning.execute(db)).rows,
  },
]

/** A saga waits for ever for what a dead message of its key was about to do. Keys of other messages may be no UUIDs. */
const deadOfRunning = sql<object>`
  select saga.type, saga.key, saga.state, parked.consumer_group, parked.event_id, parked.type as event_type, parked.error
  from platform.parked join platform.saga on saga.key =
    case when parked.partition_key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then parked.partition_key::uuid end
  where parked.state = 'dead' and saga.status in ('running', 'needs_operator') limit 100`

/** Throws when an unfinished instance runs on a version of its saga that this program does not ship. */
export async function refuseUnshippedVersions(db: Db, sagas: readonly WatchedSaga[]): Promise<void> {
  for (const saga of sagas) {
    const { rows } = await sql<{ definition_version: number }>`
      select definition_version from platform.saga
      where type = ${saga.type} and status = 'running' and not definition_version = any(${saga.versions})
      union
      select definition_version from platform.saga
      where type = ${saga.type} and status = 'needs_operator' and not definition_version = any(${saga.versions})
    `.execute(db)
    const [unshipped] = rows
    if (unshipped)
      throw new Error(
        `${saga.type} has instances of version ${unshipped.definition_version}, which this program does not ship: start a release that ships it and wait until they end`,
      )
  }
}
