import { afterCommit, transaction } from '#platform/db'
import { publish } from '#platform/events'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Clock } from '#platform/values'
import { courseOrderCompleted } from '../../events.ts'
import { completeOrder as withoutOrder } from '../courier.ts'
import { distanceBetween } from '../location.ts'
import { complete } from '../order.ts'
import { findOrder, lockCourier, lockOrder, saveMoves, type CourseDb, type OrderRow } from '../store.ts'

type CompleteOrderInput = Readonly<{ courier_id: string; order_id: string }>
export type CompleteOrderOutcome =
  | Readonly<{ kind: 'completed'; order: OrderRow }>
  | NotFound
  | Refused<'not-assigned' | 'order-not-carried' | 'too-far'>
export type CompleteOrder = (input: CompleteOrderInput) => Promise<CompleteOrderOutcome>

type Needs = Readonly<{ db: CourseDb; now: Clock; wake: () => void }>

/** The courier is at the door, or one cell away from it. */
const greatestDistance = 1

/** A courier reports that it has delivered an order. A repeat changes nothing. */
export const completeOrder =
  ({ db, now, wake }: Needs): CompleteOrder =>
  async ({ courier_id, order_id }) =>
    await transaction(db, async (tx): Promise<CompleteOrderOutcome> => {
      const order = await lockOrder(tx, order_id)
      const courier = await lockCourier(tx, courier_id)
      if (!order || !courier) return notFound(order ? 'courier' : 'order')
      if (order.status === 'completed' && order.courier_id === courier_id)
        return { kind: 'completed', order: (await findOrder(tx, order_id))! }
      const completed = complete(order)
      if (isRefusal(completed)) return completed
      const emptied = withoutOrder(courier, order_id)
      if (isRefusal(emptied)) return emptied
      if (distanceBetween(courier.location, order.location) > greatestDistance)
        return { kind: 'refused', reason: 'too-far' }
      await saveMoves(tx, [{ courier, completed: [order_id] }], now())
      await publish(tx, [courseOrderCompleted({ order_id, courier_id })])
      afterCommit(tx, wake)
      return { kind: 'completed', order: (await findOrder(tx, order_id))! }
    })
