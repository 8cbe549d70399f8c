import { afterCommit, transaction, type AnyTx } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { courseOrderCancelled } from '../../events.ts'
import { cancel } from '../order.ts'
import {
  findOrder,
  insertCancelledBasket,
  lockOrder,
  saveCancellation,
  type CourseDb,
  type OrderRow,
} from '../store.ts'

type CancelOrderInput = Readonly<{ id: string; reason: string }>
type CancelledOrder = Readonly<{ kind: 'cancelled'; order: OrderRow }>
export type CancelOrderOutcome = CancelledOrder | NotFound | Refused<'already-completed'>
export type CancelOrder = (input: CancelOrderInput) => Promise<CancelOrderOutcome>

type Needs = Readonly<{ db: CourseDb; now: Clock; wake: () => void }>

/** Cancels an order that is not completed, and frees the place that carries it. A repeat changes nothing. */
export const cancelOrder =
  ({ db, ...needs }: Needs): CancelOrder =>
  async (input) =>
    await transaction(db, async (tx): Promise<CancelOrderOutcome> => {
      const cancelled = await cancelIn(tx, input, needs)
      if (cancelled) return cancelled
      return { kind: 'cancelled', order: (await findOrder(tx, input.id))! }
    })

export type CancelOrderOfBasket = (tx: AnyTx, input: CancelOrderInput) => Promise<void>

/**
 * Cancels the order of a basket, in the transaction of its message. Without an order the cancellation is stored, because the
 * confirmation of the basket may still come. A completed order stays completed.
 */
export const cancelOrderOfBasket =
  (needs: Pick<Needs, 'now' | 'wake'>): CancelOrderOfBasket =>
  async (tx, input) => {
    const refused = await cancelIn(tx, input, needs)
    if (refused?.kind === 'not-found') await insertCancelledBasket(tx, { ...input, now: needs.now() })
  }

/** Returns undefined when the order is cancelled now. */
async function cancelIn(
  tx: AnyTx,
  { id, reason }: CancelOrderInput,
  { now, wake }: Pick<Needs, 'now' | 'wake'>,
): Promise<NotFound | Refused<'already-completed'> | undefined> {
  const order = await lockOrder(tx, id)
  if (!order) return notFound('order')
  const cancelled = cancel(order)
  if (isRefusal(cancelled)) return cancelled
  if (order.status === 'cancelled') return undefined
  await saveCancellation(tx, id, now())
  await publish(tx, [courseOrderCancelled({ order_id: id, reason })])
  afterCommit(tx, wake)
  return undefined
}
