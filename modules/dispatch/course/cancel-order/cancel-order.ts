import { sql } from 'kysely'
import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { courseOrderCancelled } from '../../events.ts'
import { cancel } from '../order.ts'
import { findOrder, lockOrder, type CourseDb, type OrderRow } from '../store.ts'

type CancelOrderInput = Readonly<{ id: string; reason: string }>
type CancelledOrder = Readonly<{ kind: 'cancelled'; order: OrderRow }>
export type CancelOrderOutcome = CancelledOrder | NotFound | Refused<'already-completed'>
export type CancelOrder = (input: CancelOrderInput) => Promise<CancelOrderOutcome>

type Needs = Readonly<{ db: CourseDb; now: Clock; wake: () => void }>

/** Cancels an order that is not completed, and frees the place that carries it. A repeat changes nothing. */
export const cancelOrder =
  ({ db, now, wake }: Needs): CancelOrder =>
  async ({ id, reason }) =>
    await transaction(db, async (tx): Promise<CancelOrderOutcome> => {
      const order = await lockOrder(tx, id)
      if (!order) return notFound('order')
      const cancelled = cancel(order)
      if (isRefusal(cancelled)) return cancelled
      if (order.status !== 'cancelled') {
        await sql`update dispatch.storage_places set order_id = null where order_id = ${id}`.execute(tx)
        await sql`
          update dispatch.orders set status = 'cancelled', cancelled_at = ${now()}, version = version + 1
          where id = ${id}`.execute(tx)
        await publish(tx, [courseOrderCancelled({ order_id: id, reason })])
        afterCommit(tx, wake)
      }
      return { kind: 'cancelled', order: (await findOrder(tx, id))! }
    })
