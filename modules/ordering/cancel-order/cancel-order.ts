import { transaction } from '#platform/db'
import { notFound, type NotFound, type Refused, type StoreResponse } from '#platform/outcome'
import type { Checkout } from '../checkout.ts'
import { opens, type OrderAccess } from '../order-access.ts'
import { isOver, mayCancel } from '../order.ts'
import type { OrderStatus } from '../schema.ts'
import { lockOrderState, type OrderingDb } from '../store.ts'

/** The order is `cancelling` until the shipment is cancelled and the money is refunded. */
export type Accepted = Readonly<{ kind: 'accepted'; id: string; status: OrderStatus; cancelling: boolean }>
export type CancelOrderOutcome = Accepted | NotFound | Refused<'too-late-to-cancel'>

/** `reason`: the words of the customer. */
type CancelOrderInput = Readonly<{ order_id: string; access: OrderAccess; reason?: string | undefined }>

export type CancelOrder = (
  input: CancelOrderInput,
  storeResponse: StoreResponse<Accepted>,
) => Promise<CancelOrderOutcome>

type Needs = Readonly<{ db: OrderingDb; checkout: Checkout }>

/** Starts the cancellation of an order, or does nothing when it has begun. The locks put it before or after a payment. */
export const cancelOrder =
  ({ db, checkout }: Needs): CancelOrder =>
  async ({ order_id, access, reason }, storeResponse) =>
    await transaction(db, async (tx) => {
      const order = (await checkout.lock(tx, order_id)) && (await lockOrderState(tx, order_id))
      if (!order || !opens(access, order)) return notFound('order')
      const hasBegun = order.reason !== null
      if (!hasBegun && !mayCancel(order)) return { kind: 'refused', reason: 'too-late-to-cancel' }
      if (!hasBegun) {
        await checkout.advance(tx, order_id, {
          trigger: 'customer-cancelled',
          facts: { event: 'cancellation-requested', given_reason: reason },
        })
      }
      const { status } = order
      const accepted = { kind: 'accepted', id: order_id, status, cancelling: !isOver(status) } as const
      await storeResponse(tx, accepted)
      return accepted
    })
