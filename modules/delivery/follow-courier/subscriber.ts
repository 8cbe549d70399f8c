import { parcelDelivered, parcelFailed, parcelPickedUp, parcelReturned } from '#dispatch/events'
import { subscribe, type Subscription } from '#platform/events'
import type { FollowCourier } from './follow-courier.ts'

const carried = ({ parcel_id, courier_id }: { parcel_id: string; courier_id: string }) => ({
  shipment_id: parcel_id,
  courier_id,
})

/** Handles `parcel-picked-up`, `parcel-delivered`, `parcel-failed` and `parcel-returned`. */
export const followCourierSubscriptions = ({
  followCourier,
}: Readonly<{ followCourier: FollowCourier }>): readonly Subscription[] => [
  subscribe(parcelPickedUp, (tx, { payload }) => followCourier(tx, { ...carried(payload), to: 'out_for_delivery' })),
  subscribe(parcelDelivered, (tx, { payload }) => followCourier(tx, { ...carried(payload), to: 'delivered' })),
  subscribe(parcelFailed, (tx, { payload }) =>
    followCourier(tx, { ...carried(payload), to: 'failed', reason: payload.reason }),
  ),
  subscribe(parcelReturned, (tx, { payload }) => followCourier(tx, { ...carried(payload), to: 'returned' })),
]
