import { shipmentStatusChanged } from '#delivery/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CloseParcel } from './close-parcel.ts'

/** Handles `shipment-status-changed`. */
export const closeParcelSubscription = ({ closeParcel }: Readonly<{ closeParcel: CloseParcel }>): Subscription =>
  subscribe(shipmentStatusChanged, (tx, { payload }) => closeParcel(tx, payload), { linger: true })
