import { sql } from 'kysely'
import type { AnyTx, Db } from '#platform/db'
import { InvalidPage, maxCounted, pageOf, type ItemPage, type Window } from '#platform/outcome'

/** The operator's decision has taken effect. */
export type Done = Readonly<{ kind: 'done' }>

/** The decisions of operators about messages and groups. */
export const operatorActions = ['retry', 'skip', 'replay', 'remove', 'remove-type'] as const
type OperatorAction = (typeof operatorActions)[number]

type NewOperation = Readonly<{
  /** The operator. */
  who: string
  action: OperatorAction
  group: string
  event_id?: string
  reason?: string | undefined
}>

/** Records a decision of an operator in the transaction of its effect. */
export async function recordOperation(
  tx: AnyTx,
  { who, action, group, event_id, reason }: NewOperation,
): Promise<void> {
  await sql`
    insert into platform.operation (who, action, consumer_group, event_id, reason)
    values (${who}, ${action}, ${group}, ${event_id ?? null}, ${reason ?? null})
  `.execute(tx)
}

/** A recorded decision of an operator. */
export type Operation = Readonly<{
  id: string
  at: Date
  who: string
  action: OperatorAction
  group: string
  event_id: string | null
  reason: string | null
}>

/** Lists the decisions of operators, newest first. */
export async function listOperations(db: Db, window: Window): Promise<ItemPage<Operation>> {
  const before = positionOf(window)
  const { rows: items } = await sql<Operation>`
    select operation.id::text as id, at, who, action, consumer_group as group, event_id, reason from platform.operation
    where ${before ?? null}::bigint is null or operation.id < ${before ?? null} order by operation.id desc
    limit ${window.limit + 1} offset ${window.offset}
  `.execute(db)
  const { rows } = await sql<{ total: number }>`
    select count(*)::int as total from (select from platform.operation limit ${maxCounted + 1}) counted
  `.execute(db)
  return pageOf({ items, counted: rows[0]?.total ?? 0, window, cursorOf: ({ id }) => [Number(id)] })
}

/** The id before which the list goes on. Throws `InvalidPage` for a cursor of another list. */
function positionOf({ cursor }: Window): number | undefined {
  if (cursor === undefined) return undefined
  const [id] = cursor
  if (cursor.length !== 1 || !Number.isSafeInteger(id)) throw new InvalidPage('bad-cursor')
  return id as number
}
