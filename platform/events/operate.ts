import { sql } from 'kysely'
import { transaction, type AnyTx, type Db } from '#platform/db'
import { lockKey, promoteNext } from './park.ts'

/** What an operator decided about a parked message. */
export type OperatorOutcome =
  | Readonly<{ kind: 'done' }>
  | Readonly<{ kind: 'refused'; reason: 'not-parked' | 'behind-another' }>

type Message = Readonly<{ group: string; event_id: string; /** The operator, for the record. */ who: string }>
type Row = Readonly<{ state: string; partition_key: string }>

/** Has a parked message tried again at once, with all its attempts anew. Those behind another one have to wait for it. */
export const retryMessage = (db: Db, { group, event_id, who }: Message): Promise<OperatorOutcome> =>
  transaction(db, async (tx) => {
    const parked = await lockParked(tx, group, event_id)
    if (!parked) return { kind: 'refused', reason: 'not-parked' }
    if (parked.state === 'behind') return { kind: 'refused', reason: 'behind-another' }
    await sql`
      update platform.parked set state = 'retry', attempts = 0, next_at = now() where consumer_group = ${group} and event_id = ${event_id}
    `.execute(tx)
    await sql`
      insert into platform.operation (who, action, consumer_group, event_id) values (${who}, 'retry', ${group}, ${event_id})
    `.execute(tx)
    return { kind: 'done' }
  })

/** Has the dead messages of a group tried again, of one type or of all. Returns how many there were. */
export async function retryAll(
  db: Db,
  { group, type, who }: Readonly<{ group: string; type?: string | undefined; who: string }>,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    with revived as (
      update platform.parked set state = 'retry', attempts = 0, next_at = now()
      where consumer_group = ${group} and state = 'dead' and (${type ?? null}::text is null or type = ${type ?? null})
      returning event_id),
    noted as (
      insert into platform.operation (who, action, consumer_group, event_id) select ${who}, 'retry', ${group}, event_id from revived)
    select count(*) as count from revived
  `.execute(db)
  return rows[0]?.count ?? 0
}

/** Gives a parked message up for good: the group will never hear it, and those behind it have their turn. */
export const skipMessage = (
  db: Db,
  { group, event_id, who, reason }: Message & Readonly<{ reason: string }>,
): Promise<OperatorOutcome> =>
  transaction(db, async (tx) => {
    const parked = await lockParked(tx, group, event_id)
    if (!parked) return { kind: 'refused', reason: 'not-parked' }
    // In the inbox it counts as heard, whoever may hand it over again.
    await sql`insert into platform.inbox (consumer_group, event_id) values (${group}, ${event_id}) on conflict do nothing`.execute(
      tx,
    )
    await sql`update platform.parked set state = 'skipped' where consumer_group = ${group} and event_id = ${event_id}`.execute(
      tx,
    )
    await promoteNext(tx, group, parked.partition_key)
    await sql`
      insert into platform.operation (who, action, consumer_group, event_id, reason)
      values (${who}, 'skip', ${group}, ${event_id}, ${reason})
    `.execute(tx)
    return { kind: 'done' }
  })

/** How forgetting a group ended. */
type Forgotten =
  | Readonly<{ kind: 'done'; /** Messages that were set aside for it. */ given_up: number }>
  | Readonly<{ kind: 'refused'; reason: 'no-such-group' | 'led' }>

/**
 * Forgets a group whose module is gone for good, and what is set aside for it: old days of the log need not wait for it any
 * more. The inbox keeps what it heard for as long as the log, so that a module that comes back by then hears nothing twice.
 */
export const removeGroup = (db: Db, { group, who }: Readonly<{ group: string; who: string }>): Promise<Forgotten> =>
  transaction(db, async (tx) => {
    if ((await ledAmong(tx, [group])).length > 0) return { kind: 'refused', reason: 'led' }
    const gone = await sql`delete from platform.consumer where consumer_group = ${group}`.execute(tx)
    if (gone.numAffectedRows === 0n) return { kind: 'refused', reason: 'no-such-group' }
    const { numAffectedRows } = await sql`delete from platform.parked where consumer_group = ${group}`.execute(tx)
    await sql`insert into platform.operation (who, action, consumer_group) values (${who}, 'forget', ${group})`.execute(
      tx,
    )
    return { kind: 'done', given_up: Number(numAffectedRows ?? 0n) }
  })

/** Those of the groups that a process leads; nobody can become the leader of the others before `tx` ends. */
export async function ledAmong(tx: AnyTx, groups: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ consumer_group: string; free: boolean }>`
    select consumer_group, pg_try_advisory_xact_lock(hashtextextended('platform:' || consumer_group, 0)) as free from unnest(${groups}::text[]) as asked(consumer_group)
  `.execute(tx)
  return rows.filter(({ free }) => !free).map(({ consumer_group }) => consumer_group)
}

async function lockParked(tx: AnyTx, group: string, event_id: string): Promise<Row | undefined> {
  const find = sql<Row>`
    select state, partition_key from platform.parked where consumer_group = ${group} and event_id = ${event_id} and state <> 'skipped'
  `
  const { rows: seen } = await find.execute(tx)
  if (!seen[0]) return undefined
  await lockKey(tx, group, seen[0].partition_key)
  const { rows } = await find.execute(tx)
  return rows[0]
}
