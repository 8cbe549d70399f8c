import type { NotFound, Refused } from '#platform/outcome'
import type { ShipmentView } from './schema.ts'
import type { Address } from './shipment.ts'

export { ShipmentView } from './schema.ts'

/** `pickup-point-missing`: there are several, and the buyer has not chosen. */
export type ChoosePickupPointOutcome =
  | Readonly<{ kind: 'chosen'; pickup_point_id: string }>
  | Refused<'no-pickup-point' | 'pickup-point-missing' | 'pickup-point-unavailable'>

/** The goods that a courier brings to an address; their sum before discounts in minor units. */
export type FeeInput = Readonly<{ delivery_address: Address; items_amount: number; currency: string }>

export type FeeOutcome =
  | Readonly<{ kind: 'quoted'; fee: number }>
  | Refused<'address-not-served'>
  | (Refused<'below-delivery-minimum'> & Readonly<{ minimum_total: number; currency: string }>)

/** The functions of delivery that other modules may call. */
export type DeliveryApi = Readonly<{
  /**
   * Chooses the open pickup point of an order. Null takes the only one. A point that was closed less than five seconds ago
   * in another process may still be chosen.
   */
  choosePickupPoint: (pickup_point_id: string | null) => Promise<ChoosePickupPointOutcome>
  /** The fee of a courier in minor units. A zone that was changed less than five seconds ago in another process may still count. */
  feeOf: (input: FeeInput) => Promise<FeeOutcome>
  /** The shipment of an order as its buyer sees it, with the pickup code: for a caller that has shown the order to its buyer. */
  shipmentOf: (order_id: string) => Promise<Readonly<{ kind: 'found'; shipment: ShipmentView }> | NotFound>
}>
