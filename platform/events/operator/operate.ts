import { sql } from 'kysely'
import { transaction, type AnyTx, type Db } from '#platform/db'
import { notFound, storeNothing, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import { dueAgain, lockKey, promoteNext } from '../parking/park.ts'
import { recordOperation, type Done } from './operations.ts'

/** The outcome of a decision about a parked message. A message `behind-another` must wait for that one. */
export type OperatorOutcome = Done | Refused<'not-parked' | 'behind-another'>

type Message = Readonly<{
  group: string
  event_id: string
  /** The operator, for the record. */
  who: string
  reason?: string | undefined
}>
type ParkedRow = Readonly<{ state: string; partition_key: string }>

/** Makes a parked message due at once, with all its attempts. Refuses a message that waits behind another one. */
export const retryMessage = (
  db: Db,
  { group, event_id, who, reason }: Message,
  storeResponse: StoreResponse<Done> = storeNothing,
): Promise<OperatorOutcome> =>
  transaction(db, async (tx) => {
    const parked = await lockParked(tx, group, event_id)
    if (!parked) return { kind: 'refused', reason: 'not-parked' }
    if (parked.state === 'behind') return { kind: 'refused', reason: 'behind-another' }
    await sql`
      update platform.parked set ${dueAgain}
      where consumer_group = ${group} and event_id = ${event_id}
    `.execute(tx)
    await recordOperation(tx, { who, action: 'retry', group, event_id, reason })
    await storeResponse(tx, { kind: 'done' })
    return { kind: 'done' }
  })

type DeadOfGroup = Readonly<{ group: string; type?: string | undefined; who: string; reason?: string | undefined }>
/** The dead messages that are tried again. */
type Retried = Readonly<{ kind: 'retried'; count: number }>

/** Makes the dead messages of a group due at once, of one type or of all. */
export const retryAll = (
  db: Db,
  { group, type, who, reason }: DeadOfGroup,
  storeResponse: StoreResponse<Retried> = storeNothing,
): Promise<Retried> =>
  transaction(db, async (tx) => {
    const { rows } = await sql<{ count: number }>`
      with retried as (
        update platform.parked set ${dueAgain}
        where consumer_group = ${group} and state = 'dead' and (${type ?? null}::text is null or type = ${type ?? null})
        returning event_id),
      recorded as (
        insert into platform.operation (who, action, consumer_group, event_id, reason)
        select ${who}, 'retry', ${group}, event_id, ${reason ?? null} from retried)
      select count(*)::int as count from retried
    `.execute(tx)
    const retried = { kind: 'retried', count: rows[0]?.count ?? 0 } as const
    await storeResponse(tx, retried)
    return retried
  })

/** Skips a parked message: the group never handles it, and the next message of its key is due. */
export const skipMessage = (
  db: Db,
  { group, event_id, who, reason }: Message & Readonly<{ reason: string }>,
  storeResponse: StoreResponse<Done> = storeNothing,
): Promise<OperatorOutcome> =>
  transaction(db, async (tx) => {
    if (!(await skipParked(tx, { group, event_id }))) return { kind: 'refused', reason: 'not-parked' }
    await recordOperation(tx, { who, action: 'skip', group, event_id, reason })
    await storeResponse(tx, { kind: 'done' })
    return { kind: 'done' }
  })

/** Skips a message. False when it is not parked. */
async function skipParked(tx: AnyTx, { group, event_id }: Pick<Message, 'group' | 'event_id'>): Promise<boolean> {
  const parked = await lockParked(tx, group, event_id)
  if (!parked) return false
  // In the inbox the message counts as handled, should the log deliver it again.
  await sql`
    insert into platform.inbox (consumer_group, event_id) values (${group}, ${event_id}) on conflict do nothing
  `.execute(tx)
  await sql`
    update platform.parked set state = 'skipped' where consumer_group = ${group} and event_id = ${event_id}
  `.execute(tx)
  await promoteNext(tx, group, parked.partition_key)
  return true
}

type RemoveTypeOutcome =
  | Readonly<{ kind: 'done'; /** Parked messages that were skipped with the type. */ skipped: number }>
  | Refused<'led'>
  | NotFound

/**
 * Removes a type that no running release handles, after a return to an older one: the group can then be led again, and
 * handles no event of the type. Its parked messages of the type are skipped. Refused with `led` while a process leads the
 * group, because that process handles the type.
 */
export const removeType = (
  db: Db,
  { group, type, who }: Readonly<{ group: string; type: string; who: string }>,
): Promise<RemoveTypeOutcome> =>
  transaction(db, async (tx) => {
    if ((await ledAmong(tx, [group])).length > 0) return { kind: 'refused', reason: 'led' }
    const { numAffectedRows } = await sql`
      update platform.consumer set types = array_remove(types, ${type}) where consumer_group = ${group} and ${type} = any(types)
    `.execute(tx)
    if (numAffectedRows === 0n) return notFound('type')
    const { rows } = await sql<{ event_id: string }>`
      select event_id from platform.parked where consumer_group = ${group} and type = ${type} and state <> 'skipped'
      order by partition_key, position
    `.execute(tx)
    for (const { event_id } of rows) await skipParked(tx, { group, event_id })
    await recordOperation(tx, { who, action: 'remove-type', group, reason: type })
    return { kind: 'done', skipped: rows.length }
  })

type RemoveGroupOutcome =
  | Readonly<{ kind: 'done'; /** Parked messages that were deleted with the group. */ discarded: number }>
  | Refused<'led'>
  | NotFound

/**
 * Removes the group of a module that no longer exists, with its parked messages, so that old partitions of the log do not
 * wait for it. The inbox keeps what the group has handled for as long as the log: a module that returns in that time
 * handles nothing twice. Refused with `led` while a process leads the group.
 */
export const removeGroup = (
  db: Db,
  { group, who }: Readonly<{ group: string; who: string }>,
): Promise<RemoveGroupOutcome> =>
  transaction(db, async (tx) => {
    if ((await ledAmong(tx, [group])).length > 0) return { kind: 'refused', reason: 'led' }
    const removed = await sql`delete from platform.consumer where consumer_group = ${group}`.execute(tx)
    if (removed.numAffectedRows === 0n) return notFound('group')
    const { numAffectedRows } = await sql`delete from platform.parked where consumer_group = ${group}`.execute(tx)
    await recordOperation(tx, { who, action: 'remove', group })
    return { kind: 'done', discarded: Number(numAffectedRows ?? 0n) }
  })

/** The groups of the database that a process leads. No process can become the leader of the others before `tx` ends. */
export async function ledGroups(tx: AnyTx): Promise<string[]> {
  const { rows: tables } = await sql<{ found: boolean }>`
    select to_regclass('platform.consumer') is not null as found
  `.execute(tx)
  if (!tables[0]?.found) return []
  const { rows } = await sql<{ consumer_group: string }>`
    select consumer_group from platform.consumer order by consumer_group
  `.execute(tx)
  return await ledAmong(
    tx,
    rows.map(({ consumer_group }) => consumer_group),
  )
}

/** Those of the groups that a process leads. No process can become the leader of the others before `tx` ends. */
async function ledAmong(tx: AnyTx, groups: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ consumer_group: string; free: boolean }>`
    select consumer_group, pg_try_advisory_xact_lock(hashtextextended('platform:' || consumer_group, 0)) as free
    from unnest(${groups}::text[]) as candidate(consumer_group)
  `.execute(tx)
  return rows.filter(({ free }) => !free).map(({ consumer_group }) => consumer_group)
}

/** Locks the key of a parked message and reads the message; undefined when it is not parked. */
async function lockParked(tx: AnyTx, group: string, event_id: string): Promise<ParkedRow | undefined> {
  const find = sql<ParkedRow>`
    select state, partition_key from platform.parked where consumer_group = ${group} and event_id = ${event_id} and state <> 'skipped'
  `
  const { rows: unlocked } = await find.execute(tx)
  if (!unlocked[0]) return undefined
  await lockKey(tx, group, unlocked[0].partition_key)
  const { rows } = await find.execute(tx)
  return rows[0]
}
