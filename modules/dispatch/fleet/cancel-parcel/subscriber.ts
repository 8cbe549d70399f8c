import { parcelCancellationRequested } from '#delivery/events'
import { subscribe, type Subscription } from '#platform/events'
import type { CancelParcel } from './cancel-parcel.ts'

/** Handles `parcel-cancellation-requested`. */
export const cancelParcelSubscription = ({ cancelParcel }: Readonly<{ cancelParcel: CancelParcel }>): Subscription =>
  subscribe(parcelCancellationRequested, (tx, { event_id, payload }) => cancelParcel(tx, { event_id, ...payload }))
