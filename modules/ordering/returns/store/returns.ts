import { expressionBuilder, sql, type Expression, type Transaction } from 'kysely'
import { jsonArrayFrom } from 'kysely/helpers/postgres'
import type { TimelineEvent } from '../../timeline.ts'
import type { OrderingDb, OrderingTables } from '../../store.ts'
import type { ReturnableLine, ReturnedLine } from '../return.ts'
import type { FoundReturn } from '../return-view.ts'
import type { ReturnRow } from './tables.ts'

type Tx = Transaction<OrderingTables>

const soldColumns = [
  'line.position',
  'line.variant_id',
  'line.price',
  'line.quantity',
  'line.discount_amount',
  'line.returned_quantity',
  'line.returned_amount',
] as const

/** Locks an order: every write about its returns locks it first. */
export const lockSoldOrder = async (tx: Tx, order_id: string) =>
  await tx
    .selectFrom('ordering.orders')
    .select(['id', 'user_id', 'link_version', 'status', 'fulfilled_at', 'currency', 'items_amount'])
    .select((eb) => eb('discount_amount', '-', eb.ref('delivery_discount')).as('goods_discount'))
    .where('id', '=', order_id)
    .forUpdate()
    .executeTakeFirst()

/** The lines of an order as sold. After `until` only pieces come back that a return missed; those of a later return are among them. */
export const listReturnableLines = async (
  db: OrderingDb | Tx,
  order_id: string,
  until: Date | null,
): Promise<ReturnableLine[]> =>
  await db
    .selectFrom('ordering.lines as line')
    .select(soldColumns)
    .select(missedUntil(until).as('missed_quantity'))
    .where('order_id', '=', order_id)
    .orderBy('position')
    .execute()

const missedUntil = (until: Date | null) => sql<number>`(
  select coalesce(sum(coalesce(missing, 0) - case when returns.created_at < ${until} then 0 else quantity end), 0)::int
  from ordering.return_lines as returned join ordering.returns on returns.id = return_id and returns.status <> 'refused'
  where returned.order_id = line.order_id and returned.position = line.position)`

/** A return and its order, which the transaction has locked. */
export type LockedReturn = Readonly<{
  order: NonNullable<Awaited<ReturnType<typeof lockSoldOrder>>>
  return: ReturnRow
}>

/** Locks the order of a return, and then reads the return. */
export async function lockReturn(tx: Tx, id: string): Promise<LockedReturn | undefined> {
  const found = await tx.selectFrom('ordering.returns').select('order_id').where('id', '=', id).executeTakeFirst()
  const order = found && (await lockSoldOrder(tx, found.order_id))
  if (!order) return undefined
  const row = await tx.selectFrom('ordering.returns').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return { order, return: row }
}

/** Pieces of the line `returned` that staff received in other returns. */
const receivedBefore = sql<number>`(
  select coalesce(sum(sellable + damaged), 0)::int from ordering.return_lines as other
  where other.order_id = returned.order_id and other.position = returned.position)`

/** The lines of a return, with the components of bundles. */
export const listReturnedLines = async (
  tx: Tx,
  return_id: string,
): Promise<(ReturnedLine & Readonly<{ components: readonly { variant_id: string; quantity: number }[] | null }>)[]> =>
  await tx
    .selectFrom('ordering.return_lines as returned')
    .innerJoin('ordering.lines as line', (join) =>
      join.onRef('line.order_id', '=', 'returned.order_id').onRef('line.position', '=', 'returned.position'),
    )
    .select([...soldColumns, 'line.components', 'returned.quantity as requested'])
    .select(receivedBefore.as('received_before'))
    .where('return_id', '=', return_id)
    .orderBy('line.position')
    .execute()

/** Adds pieces and their value to the counters of the lines of an order; CHECKs keep them within what was sold. */
export async function addToLines(
  tx: Tx,
  order_id: string,
  changes: readonly Readonly<{ position: number; quantity: number; amount: number }>[],
): Promise<void> {
  await sql`
    update ordering.lines as line set returned_quantity = returned_quantity + change.quantity,
      returned_amount = returned_amount + change.amount
    from jsonb_to_recordset(${JSON.stringify(changes)}::jsonb) as change(position smallint, quantity int, amount bigint)
    where line.order_id = ${order_id} and line.position = change.position
  `.execute(tx)
}

type Change = Partial<Omit<ReturnRow, 'id' | 'order_id'>>

export const updateReturn = async (tx: Tx, id: string, change: Change): Promise<void> =>
  void (await tx.updateTable('ordering.returns').set(change).where('id', '=', id).execute())

/** Adds an entry to the timeline of an order that the transaction has locked. */
export async function insertEntry(tx: Tx, order_id: string, { event, at }: { event: TimelineEvent; at: Date }) {
  await sql`
    insert into ordering.timeline (order_id, number, at, event, status)
    select ${order_id}, 1 + (select max(number) from ordering.timeline where order_id = ${order_id}), ${at}, ${event}, status
    from ordering.orders where id = ${order_id}
  `.execute(tx)
}

const linesOfReturn = (return_id: Expression<string>) =>
  jsonArrayFrom(
    expressionBuilder<OrderingTables>()
      .selectFrom('ordering.return_lines as counted')
      .innerJoin('ordering.lines as line', (join) =>
        join.onRef('line.order_id', '=', 'counted.order_id').onRef('line.position', '=', 'counted.position'),
      )
      .select(['line.variant_id', 'line.sku', 'line.title', 'counted.quantity'])
      .select(['counted.sellable', 'counted.damaged', 'counted.missing', 'counted.amount'])
      .where('counted.return_id', '=', return_id)
      .orderBy('line.position'),
  )

/** The returns of an order as JSON: a column of the query that reads the order. */
export const returnsOf = (order_id: Expression<string>) =>
  jsonArrayFrom(
    expressionBuilder<OrderingTables>()
      .selectFrom('ordering.returns as returned')
      .select(['returned.id', 'status', 'reason', 'answer', 'refund_amount', 'created_at'])
      .select((eb) => linesOfReturn(eb.ref('returned.id')).as('lines'))
      .where('order_id', '=', order_id)
      .orderBy('created_at'),
  )

/** Returns with their lines; the caller adds conditions and an order. */
export const selectReturns = (db: OrderingDb | Tx) =>
  db
    .selectFrom('ordering.returns')
    .innerJoin('ordering.orders as order', 'order.id', 'ordering.returns.order_id')
    .selectAll('ordering.returns')
    .select(['order.number as order_number', 'order.currency', 'order.user_id', 'order.link_version'])
    .select((eb) => linesOfReturn(eb.ref('ordering.returns.id')).as('lines'))

/** Reads a return in the transaction that changed it. */
export const readReturn = async (tx: Tx, id: string): Promise<FoundReturn> =>
  await selectReturns(tx).where('ordering.returns.id', '=', id).executeTakeFirstOrThrow()
