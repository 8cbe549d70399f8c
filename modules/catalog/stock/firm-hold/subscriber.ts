import { subscribe } from '#platform/events'
import { shipmentRequested } from '#ordering/events'
import type { FirmHold } from './firm-hold.ts'

/** Makes the hold of a paid or accepted order firm. */
export const firmHoldSubscription = ({ firmHold }: Readonly<{ firmHold: FirmHold }>) =>
  subscribe(shipmentRequested, (tx, { event_id, payload: { order_id } }) => firmHold(tx, { event_id, order_id }), {
    linger: true,
  })
