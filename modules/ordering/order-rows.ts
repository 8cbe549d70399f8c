import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Line } from './order.ts'
import type { OrderingTables } from './tables.ts'

export type OrderRow = Selectable<OrderingTables['ordering.orders']>

/** The columns that people may see. */
export const shownColumns = [
  'id',
  'number',
  'user_id',
  'status',
  'total_amount',
  'currency',
  'payment_method',
  'delivery_method',
  'delivery_address',
  'recipient_name',
  'recipient_phone',
  'comment',
  'payment_id',
  'payment_status',
  'shipment_id',
  'shipment_status',
  'created_at',
  'cancel_reason',
  'updated_at',
] as const

export type ShownOrder = Pick<OrderRow, (typeof shownColumns)[number]>

/** The lines of many orders in one statement, by order. */
export async function linesOf(db: Kysely<OrderingTables>, order_ids: readonly string[]): Promise<Map<string, Line[]>> {
  const rows = await db
    .selectFrom('ordering.lines')
    .selectAll()
    .where('order_id', '=', (eb) => eb.fn.any(eb.val(order_ids)))
    .orderBy('order_id')
    .orderBy('position')
    .execute()
  const byOrder = new Map<string, Line[]>()
  for (const { order_id, position: _, ...line } of rows) {
    const lines = byOrder.get(order_id)
    if (lines) lines.push(line)
    else byOrder.set(order_id, [line])
  }
  return byOrder
}

/** What a decision about an order needs to know, with the order locked until the transaction ends. */
export const lockStanding = async (tx: Transaction<OrderingTables>, order_id: string) =>
  await tx
    .selectFrom('ordering.orders')
    .select(['user_id', 'status', 'shipment_status', 'payment_method', 'cancel_reason'])
    .where('id', '=', order_id)
    .forUpdate()
    .executeTakeFirst()
