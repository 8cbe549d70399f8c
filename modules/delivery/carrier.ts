import type { Refused } from '#platform/outcome'
import type { DeliveryMethod } from './schema.ts'
import type { ShipmentRequest } from './shipment.ts'

/** `tracking_number` is the carrier's, `pickup_code` is what the customer says at the pickup point. */
export type CreateOutcome =
  | Readonly<{
      kind: 'created'
      status: 'pending' | 'ready_for_pickup'
      tracking_number: string | null
      pickup_code: string | null
    }>
  | Refused<'address-missing'>

/** `requested`: the answer comes later, by an event. */
type CancelOutcome = Readonly<{ kind: 'cancelled' | 'requested' }> | Refused<'under-way'>

type CarrierShipment = Readonly<{ id: string; tracking_number: string | null }>

/**
 * The port to a carrier. A call may reach outside, so it comes before the transaction. Every call may be repeated with the
 * same shipment id and changes nothing the second time. A carrier that does not answer throws.
 */
export type Carrier = Readonly<{
  method: DeliveryMethod
  /** The shop itself brings the parcel: `create` registers nothing outside that would have to be cancelled. */
  isOwn?: true
  /** Registers a shipment under its id. */
  create: (request: ShipmentRequest) => Promise<CreateOutcome>
  /** Cancels a shipment, also one that the carrier does not have. */
  cancel: (shipment: CarrierShipment) => Promise<CancelOutcome>
}>
