import type { DeliveryApi } from '#delivery/api'
import { transaction } from '#platform/db'
import { isRefusal, notFound, type NotFound, type Refused } from '#platform/outcome'
import type { Checkout, CheckoutTrigger } from '../checkout.ts'
import { isCancelling, shipmentStatusAfter, statusesByHand } from '../order.ts'
import type { OrderStatus } from '../schema.ts'
import { lockOrderState, type OrderingDb } from '../store.ts'

type StatusNotAllowed = Refused<'order-status-not-allowed'> & Readonly<{ allowed: readonly OrderStatus[] }>

export type ChangeStatusOutcome =
  | Readonly<{ kind: 'changed'; id: string; status: OrderStatus; cancelling: boolean }>
  | NotFound
  | StatusNotAllowed

/** `reason`: the words of staff. */
type ChangeStatusInput = Readonly<{ order_id: string; to: OrderStatus; reason?: string | undefined }>

export type ChangeStatus = (input: ChangeStatusInput) => Promise<ChangeStatusOutcome>

type Needs = Readonly<{ db: OrderingDb; delivery: Pick<DeliveryApi, 'shipmentOf'>; checkout: Checkout }>

const triggers = {
  created: null,
  processing: null,
  paid: null,
  shipping: 'staff-shipped',
  fulfilled: 'staff-fulfilled',
  cancelled: 'staff-cancelled',
} as const satisfies Record<OrderStatus, CheckoutTrigger | null>

/**
 * Staff change the status of an order by hand, through the same checkout as every other change, where the order allows it.
 * Delivery is asked for the shipment before an order is fulfilled: the event of its failure may still be on the way, and
 * then the goods would be sold that no customer has.
 */
export const changeStatus =
  ({ db, delivery, checkout }: Needs): ChangeStatus =>
  async ({ order_id, to, reason }) => {
    const reported = to === 'fulfilled' ? await statusOfShipment(delivery, order_id) : undefined
    return await transaction(db, async (tx) => {
      const order = (await checkout.lock(tx, order_id)) && (await lockOrderState(tx, order_id))
      if (!order) return notFound('order')
      const { status } = order
      if (status === to || (to === 'cancelled' && order.reason !== null)) {
        return { kind: 'changed', id: order_id, status, cancelling: isCancelling(order) }
      }
      const shipment_status = shipmentStatusAfter(order.shipment_status, reported)
      const allowed = statusesByHand({ ...order, shipment_status })
      const trigger = triggers[to]
      if (!trigger || !allowed.includes(to)) return { kind: 'refused', reason: 'order-status-not-allowed', allowed }
      await checkout.advance(tx, order_id, { trigger, facts: { event: trigger, given_reason: reason } })
      const changed = await lockOrderState(tx, order_id)
      if (!changed) throw new Error(`Order ${order_id} disappeared while it was locked`)
      return { kind: 'changed', id: order_id, status: changed.status, cancelling: isCancelling(changed) }
    })
  }

async function statusOfShipment(delivery: Needs['delivery'], order_id: string): Promise<string | undefined> {
  const found = await delivery.shipmentOf(order_id)
  return isRefusal(found) ? undefined : found.shipment.status
}
