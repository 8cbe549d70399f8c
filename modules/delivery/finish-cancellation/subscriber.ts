import type { Transaction } from 'kysely'
import { parcelCancellationRefused, parcelCancelled } from '#dispatch/events'
import { subscribe, type Subscription } from '#platform/events'
import type { DeliveryTables } from '../store/tables.ts'
import type { FinishCancellation } from './finish-cancellation.ts'

type Tx = Transaction<DeliveryTables>

/** Handles `parcel-cancelled` and `parcel-cancellation-refused`. */
export const finishCancellationSubscriptions = ({
  finishCancellation,
}: Readonly<{ finishCancellation: FinishCancellation }>): readonly Subscription[] => [
  subscribe(parcelCancelled, (tx: Tx, { event_id, payload: { parcel_id: shipment_id } }) =>
    finishCancellation(tx, { event_id, shipment_id, isCancelled: true }),
  ),
  subscribe(parcelCancellationRefused, (tx: Tx, { event_id, payload: { parcel_id: shipment_id } }) =>
    finishCancellation(tx, { event_id, shipment_id, isCancelled: false }),
  ),
]
