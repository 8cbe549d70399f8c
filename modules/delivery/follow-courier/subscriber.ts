import { parcelDelivered, parcelFailed, parcelPickedUp, parcelReturned } from '#dispatch/events'
import { subscribe, type Subscription } from '#platform/events'
import type { FollowCourier } from './follow-courier.ts'

/** Handles `parcel-picked-up`, `parcel-delivered`, `parcel-failed` and `parcel-returned`. */
export const followCourierSubscriptions = ({
  followCourier,
}: Readonly<{ followCourier: FollowCourier }>): readonly Subscription[] => [
  subscribe(parcelPickedUp, (tx, { payload }) =>
    followCourier(tx, { shipment_id: payload.parcel_id, to: 'out_for_delivery' }),
  ),
  subscribe(parcelDelivered, (tx, { payload }) =>
    followCourier(tx, { shipment_id: payload.parcel_id, to: 'delivered' }),
  ),
  subscribe(parcelFailed, (tx, { payload }) =>
    followCourier(tx, { shipment_id: payload.parcel_id, to: 'failed', reason: payload.reason }),
  ),
  subscribe(parcelReturned, (tx, { payload }) => followCourier(tx, { shipment_id: payload.parcel_id, to: 'returned' })),
]
