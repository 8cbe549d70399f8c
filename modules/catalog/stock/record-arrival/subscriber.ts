import { shipmentReturned } from '#delivery/events'
import { subscribe } from '#platform/events'
import type { RecordArrival } from './record-arrival.ts'

/** Records that a parcel is back in the shop. */
export const recordArrivalSubscription = ({ recordArrival }: Readonly<{ recordArrival: RecordArrival }>) =>
  subscribe(shipmentReturned, (tx, { payload }) => recordArrival(tx, payload.order_id))
