import { sql } from 'kysely'
import type { Db } from '#platform/db'

type Query = Readonly<{ group: string; type: string; limit: number }>

/** The keys of at most `limit` events of a type that a group has not handled: they wait in the log or are parked. */
export async function listUnhandledKeys(db: Db, { group, type, limit }: Query): Promise<string[]> {
  const snapshot = sql`coalesce((select snapshot from platform.consumer where consumer_group = ${group}), '1:1:')`
  const { rows } = await sql<{ partition_key: string }>`
    select e.partition_key from platform.event e
    where (e.tx >= pg_snapshot_xmax(${snapshot}) or e.tx = any(array(select pg_snapshot_xip(${snapshot}))))
      and e.type = ${type}
      and not exists (select from platform.inbox i where i.consumer_group = ${group} and i.event_id = e.event_id)
    union
    select partition_key from platform.parked
    where consumer_group = ${group} and type = ${type} and state in ('retry', 'behind', 'dead')
    limit ${limit}`.execute(db)
  return rows.map(({ partition_key }) => partition_key)
}
