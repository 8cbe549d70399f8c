import { sql } from 'kysely'
import { sqlStateOf, transaction, type Db } from '#platform/db'
import { days } from '#platform/values'
import { ingestedRetention, retention } from '../settings.ts'
import { ingestGroup } from './ingest-events.ts'

const daysAhead = 3
const lockNotAvailable = '55P03'

/** Creates the missing partitions of today and the next three days. Returns how many days of the log were missing. */
export async function makePartitions(db: Db): Promise<number> {
  return await transaction(db, async (tx) => {
    await sql`set local lock_timeout = '500ms'`.execute(tx)
    const { rows } = await sql<{ made: number }>`select platform.make_partitions(${daysAhead}) as made`.execute(tx)
    return rows[0]?.made ?? 0
  })
}

/** An old partition that stays: a group is behind, a message in it is parked, or another transaction uses the table. */
export type RetainedPartition = Readonly<{
  partition: string
  reason: 'group-behind' | 'parked' | 'in-use'
  groups: readonly string[]
}>

/** Drops the partitions older than `age` milliseconds that every group has handled. Returns also those that stay. */
export async function dropPartitions(
  db: Db,
  age = retention,
): Promise<{ dropped: string[]; retained: RetainedPartition[] }> {
  const dropped: string[] = []
  const retained: RetainedPartition[] = []
  // Messages of a type that no release knows hold no day of the log for longer than that.
  await sql`
    delete from platform.parked
    where (state = 'skipped' or consumer_group = ${ingestGroup}) and first_failed_at < now() - ${age} * interval '1 ms'
  `.execute(db)
  for (const { name, day } of await partitionsBefore(db, 'event', age)) {
    const reason = await dropHandled(db, name, day)
    if (reason) retained.push(reason)
    else dropped.push(name)
  }
  const inboxes = (await oldInboxes(db, age)).map(({ name }) => ({ name, parent: 'inbox' as const }))
  const ingested = (await partitionsBefore(db, 'ingested', ingestedRetention)).map(({ name }) => ({
    name,
    parent: 'ingested' as const,
  }))
  for (const { name, parent } of [...inboxes, ...ingested]) {
    const reason = await drop(db, name, parent)
    if (reason) retained.push(reason)
    else dropped.push(name)
  }
  await sql`delete from platform.inbox_default where handled_at < now() - ${age + days(1)} * interval '1 ms'`.execute(
    db,
  )
  return { dropped, retained }
}

/** Events in the default partition, which the job never drops. */
export async function rowsInDefaultPartition(db: Db): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from platform.event_default`.execute(db)
  return rows[0]?.count ?? 0
}

type Parent = 'event' | 'inbox' | 'ingested'
type Partition = Readonly<{ name: string; day: string }>

async function partitionsBefore(db: Db, parent: Parent, age: number): Promise<Partition[]> {
  const { rows } = await sql<Partition>`
    select * from (
      select child.relname as name, to_date(right(child.relname, 8), 'YYYYMMDD')::text as day
      from pg_inherits join pg_class child on child.oid = inhrelid
      where inhparent = ${`platform.${parent}`}::regclass and child.relname ~ '_[0-9]{8}$') dated
    where day::date < ((now() - ${age} * interval '1 ms') at time zone 'utc')::date order by day
  `.execute(db)
  return rows
}

/** The inbox must recognise a message for as long as the log, or a restored backup of the log, may deliver it. */
async function oldInboxes(db: Db, age: number): Promise<Partition[]> {
  const oldest = (await partitionsBefore(db, 'event', 0))[0]?.day
  // The log may store a message whose id was made just before midnight in the partition of the next day.
  const limit = oldest && new Date(Date.parse(oldest) - days(1)).toISOString().slice(0, 10)
  return (await partitionsBefore(db, 'inbox', age)).filter(({ day }) => limit === undefined || day < limit)
}

async function dropHandled(db: Db, name: string, day: string): Promise<RetainedPartition | undefined> {
  const behind = await sql<{ consumer_group: string }>`
    select consumer_group from platform.consumer
    where exists (select from platform.event
      where day = ${day} and tx >= pg_snapshot_xmin(snapshot) and not pg_visible_in_snapshot(tx, snapshot)) order by consumer_group
  `.execute(db)
  if (behind.rows.length > 0) return { partition: name, reason: 'group-behind', groups: namesOf(behind.rows) }
  const parked = await sql<{ consumer_group: string }>`
    select distinct consumer_group from platform.parked where day = ${day} and state in ('retry', 'behind', 'dead')
  `.execute(db)
  if (parked.rows.length > 0) return { partition: name, reason: 'parked', groups: namesOf(parked.rows) }
  return await drop(db, name, 'event')
}

const namesOf = (rows: readonly { consumer_group: string }[]) => rows.map(({ consumer_group }) => consumer_group)

/** Drops a partition. The lock excludes every writer, so the job waits for it only 300 ms and tries again in an hour. */
async function drop(db: Db, name: string, parent: Parent): Promise<RetainedPartition | undefined> {
  try {
    await transaction(db, async (tx) => {
      await sql`set local lock_timeout = '300ms'`.execute(tx)
      await sql`alter table ${sql.id('platform', parent)} detach partition ${sql.id('platform', name)}`.execute(tx)
      await sql`drop table ${sql.id('platform', name)}`.execute(tx)
    })
    return undefined
  } catch (error) {
    if (sqlStateOf(error) !== lockNotAvailable) throw error
    return { partition: name, reason: 'in-use', groups: [] }
  }
}
