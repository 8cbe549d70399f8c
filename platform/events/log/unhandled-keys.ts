import { sql } from 'kysely'
import type { Db } from '#platform/db'

type Query = Readonly<{ group: string; type: string; limit: number }>

/** The keys of at most `limit` events of a type that a group has not handled: they wait in the log or are parked. */
export async function listUnhandledKeys(db: Db, { group, type, limit }: Query): Promise<string[]> {
  const snapshot = sql`coalesce((select snapshot from platform.consumer where consumer_group = ${group}), '1:1:')`
  const { rows } = await sql<{ partition_key: string }>`
    select event.partition_key from platform.event
    where (event.tx >= pg_snapshot_xmax(${snapshot}) or event.tx = any(array(select pg_snapshot_xip(${snapshot}))))
      and event.type = ${type}
      and not exists (select from platform.inbox where inbox.consumer_group = ${group} and inbox.event_id = event.event_id)
    union
    select partition_key from platform.parked
    where consumer_group = ${group} and type = ${type} and state in ('retry', 'behind', 'dead')
    limit ${limit}`.execute(db)
  return rows.map(({ partition_key }) => partition_key)
}
