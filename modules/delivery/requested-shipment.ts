import type { shipmentRequested } from '#ordering/events'
import type { PayloadOf } from '#platform/events'
import type { ShipmentRequest } from './shipment.ts'

/** A shipment as its order requests it. */
export type RequestedShipment = PayloadOf<typeof shipmentRequested>

export type Requested = Readonly<{ event_id: string; payload: RequestedShipment }>

/** The shipment has the id of the event, so that a second run finds the shipment of the first. */
export const requestOf = ({ event_id, payload: { number, ...facts } }: Requested): ShipmentRequest => ({
  ...facts,
  id: event_id,
  pickup_point_id: facts.pickup_point_id ?? null,
  order_number: number,
})
