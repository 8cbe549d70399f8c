import { shipmentCreated } from '#delivery/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CreateParcel } from './create-parcel.ts'

/** Handles `shipment-created`. */
export const createParcelSubscription = ({ createParcel }: Readonly<{ createParcel: CreateParcel }>): Subscription =>
  subscribe(shipmentCreated, (tx, { payload }) => createParcel(tx, payload), {
    concerns: ({ method }) => method === 'courier',
  })
