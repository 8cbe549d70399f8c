import { sql } from 'kysely'
import type { Db } from '#platform/db'

/** The count of a long backlog stops here: an operator need not know by how many millions a group is behind. */
const maxCounted = 10_000

/** One consumer group as an operator sees it. */
export type GroupStatus = Readonly<{
  group: string
  /** Events that are neither handled nor parked; the count stops at 10,001. */
  lag_events: number
  lag_capped: boolean
  /** Age of the oldest of them. */
  lag_seconds: number
  retrying: number
  behind: number
  dead: number
  handled: number
  duplicates: number
  /** False when no process leads the group: its events wait. */
  led: boolean
  updated_at: Date
}>

/** The status of every consumer group in the database. */
export async function outboxStatus(db: Db): Promise<GroupStatus[]> {
  const { rows } = await sql<GroupStatus>`
    select consumer.consumer_group as group, coalesce(lag.events, 0)::int as lag_events, coalesce(lag.events > ${maxCounted}, false) as lag_capped,
      coalesce(extract(epoch from clock_timestamp() - lag.oldest), 0)::float8 as lag_seconds,
      aside.retrying, aside.behind, aside.dead, consumer.handled, consumer.duplicates, consumer.updated_at,
      exists (select from pg_locks lock where lock.locktype = 'advisory' and lock.granted
        and lock.database = (select oid from pg_database where datname = current_database())
        and lock.classid::bigint = (hashtextextended('platform:' || consumer.consumer_group, 0) >> 32) & 4294967295
        and lock.objid::bigint = hashtextextended('platform:' || consumer.consumer_group, 0) & 4294967295) as led
    from platform.consumer
    cross join lateral (
      select count(*) filter (where state = 'retry')::int as retrying, count(*) filter (where state = 'behind')::int as behind,
        count(*) filter (where state = 'dead')::int as dead
      from platform.parked where parked.consumer_group = consumer.consumer_group) aside
    cross join lateral (
      select count(*) as events, min(occurred_at) as oldest from (
        select event.occurred_at from platform.event
        where (event.tx >= pg_snapshot_xmax(consumer.snapshot) or event.tx = any(array(select pg_snapshot_xip(consumer.snapshot))))
          and event.type = any(consumer.types)
          and not exists (select from platform.inbox where inbox.consumer_group = consumer.consumer_group and inbox.event_id = event.event_id)
          and not exists (select from platform.parked where parked.consumer_group = consumer.consumer_group and parked.event_id = event.event_id)
        limit ${maxCounted + 1}) unhandled) lag
    order by consumer.consumer_group
  `.execute(db)
  return rows
}

/** The names of every consumer group in the database. */
export async function groupNames(db: Db): Promise<string[]> {
  const { rows } = await sql<{ consumer_group: string }>`
    select consumer_group from platform.consumer order by consumer_group
  `.execute(db)
  return rows.map(({ consumer_group }) => consumer_group)
}

/** The types of events that a group handles, and those of its parked messages. */
export async function groupTypes(db: Db, group: string): Promise<string[]> {
  const { rows } = await sql<{ type: string }>`
    select unnest(types) as type from platform.consumer where consumer_group = ${group}
    union select type from platform.parked where consumer_group = ${group} and state <> 'skipped'
    order by type
  `.execute(db)
  return rows.map(({ type }) => type)
}
