import type { Kysely } from 'kysely'
import { transaction } from '#platform/db'
import type { StoreResponse } from '#platform/outcome'
import type { Checkout } from '../checkout.ts'
import { isOver, mayCancel, type Status } from '../order.ts'
import { lockStanding } from '../order-rows.ts'
import type { OrderingTables } from '../tables.ts'

/** `cancelling` while money and shipment are on their way back; an order that is cancelled already stays so. */
export type Cancelled = Readonly<{ kind: 'accepted'; id: string; status: Status; cancelling: boolean }>
export type Cancelling =
  | Cancelled
  | Readonly<{ kind: 'unknown' }>
  | Readonly<{ kind: 'refused'; reason: 'too-late-to-cancel' }>

export type CancelOrder = (
  order_id: string,
  user_id: string,
  storeResponse: StoreResponse<Cancelled>,
) => Promise<Cancelling>

type Needs = Readonly<{ db: Kysely<OrderingTables>; checkout: Checkout }>

/** Decides under the locks of checkout and order, so that a cancellation and a payment at the same moment come one after the other. */
export const cancelOrder =
  ({ db, checkout }: Needs): CancelOrder =>
  async (order_id, user_id, storeResponse) =>
    await transaction(db, async (tx) => {
      const order = (await checkout.lock(tx, order_id)) && (await lockStanding(tx, order_id))
      if (!order || order.user_id !== user_id) return { kind: 'unknown' }
      const isAsked = order.status === 'cancelled' || order.cancel_reason !== null
      if (!isAsked && !mayCancel(order)) return { kind: 'refused', reason: 'too-late-to-cancel' }
      if (!isAsked)
        await checkout.advance(tx, order_id, {
          trigger: 'customer-cancelled',
          facts: { happened: 'cancellation-asked' },
        })
      const accepted = {
        kind: 'accepted',
        id: order_id,
        status: order.status,
        cancelling: !isOver(order.status),
      } as const
      await storeResponse(tx, accepted)
      return accepted
    })
