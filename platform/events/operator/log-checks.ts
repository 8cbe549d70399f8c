import { sql } from 'kysely'
import type { Check } from '#platform/checks'
import type { Db } from '#platform/db'

/** The invariants of the log, for `posad check`. */
export const logChecks = (db: Db): readonly Check[] => [
  {
    name: 'events.no-dead-message',
    description: 'No message has been dead for minutes: its work is not done, whether its saga has ended or not.',
    violations: async () => (await deadForMinutes.execute(db)).rows,
  },
]

const deadForMinutes = sql<object>`
  select consumer_group, event_id, type as event_type, partition_key as key, error, first_failed_at from platform.parked
  where state = 'dead' and first_failed_at < now() - interval '5 minutes'
  order by first_failed_at, event_id limit 100`
