import type { PayloadOf } from '#platform/events'
import type { NotFound } from '#platform/outcome'
import type { shipmentRequested } from './events.ts'

/**
 * `shippable`: the order is paid or accepted for cash, and requests `shipment`. `unpaid`: it still waits for its payment.
 * `closed`: it is fulfilled, cancelled or being cancelled.
 */
type DeliveryState =
  | Readonly<{ kind: 'shippable'; shipment: PayloadOf<typeof shipmentRequested> }>
  | Readonly<{ kind: 'unpaid' | 'closed' }>

/** The promotions that give an order its discounts. */
type OrderPromotions = Readonly<{ order_id: string; promotion_ids: readonly string[] }>

/** The functions of ordering that other modules may call. */
export type OrderingApi = Readonly<{
  /** Whether an order may have a shipment. */
  stateOf: (order_id: string) => Promise<DeliveryState | NotFound>
  /** The orders of a user with their lines, newest first, for the export of one's data. */
  exportOrders: (user_id: string) => Promise<readonly object[]>
  /** True when the account has an order that is not cancelled, or a guest with this e-mail has one. */
  hasOrdered: (buyer: Readonly<{ user_id: string | null; email: string | null }>) => Promise<boolean>
  /** The promotions of the orders among `order_ids` that exist and are not cancelled. */
  promotionsOf: (order_ids: readonly string[]) => Promise<readonly OrderPromotions[]>
  /** The newest order with which a user received a product; undefined when there is none. */
  purchaseOf: (
    of: Readonly<{ user_id: string; product_id: string }>,
  ) => Promise<Readonly<{ order_id: string }> | undefined>
}>
