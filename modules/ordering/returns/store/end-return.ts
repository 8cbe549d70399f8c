import { sql, type Transaction } from 'kysely'
import type { NewEvent } from '#platform/events'
import { returnRefunded } from '../../events.ts'
import type { OrderingTables } from '../../store.ts'
import { updateReturn, type LockedReturn } from './returns.ts'

type Tx = Transaction<OrderingTables>
type Ended = Readonly<{ locked: LockedReturn; refund_amount: number; at: Date }>

/** Saves that a return has ended with a refund, and returns the event that says so. */
export async function endReturn(tx: Tx, { locked, refund_amount, at }: Ended): Promise<NewEvent> {
  const { order, return: ended } = locked
  await updateReturn(tx, ended.id, { status: 'refunded', refunded_at: at, updated_at: at })
  return returnRefunded({
    return_id: ended.id,
    order_id: order.id,
    refund_amount,
    currency: order.currency,
    whole_order: await isWhollyRefunded(tx, order.id, order.items_amount - order.goods_discount),
  })
}

/** True when all goods of an order are back in returns that have ended, and all that was paid for them is refunded. */
async function isWhollyRefunded(tx: Tx, order_id: string, paid: number): Promise<boolean> {
  const { rows } = await sql<{ is_whole: boolean }>`
    select not exists (
      select from ordering.lines as line where line.order_id = ${order_id} and line.quantity > (
        select coalesce(sum(sellable + damaged), 0) from ordering.return_lines as returned
        join ordering.returns on returns.id = returned.return_id and returns.status = 'refunded'
        where returned.order_id = line.order_id and returned.position = line.position)
    ) and ${paid} = (
      select coalesce(sum(refund_amount), 0) from ordering.returns where order_id = ${order_id} and status = 'refunded'
    ) as is_whole
  `.execute(tx)
  return rows[0]?.is_whole ?? false
}
