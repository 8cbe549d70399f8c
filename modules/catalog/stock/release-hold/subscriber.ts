import { subscribe } from '#platform/events'
import { orderCancelled } from '#ordering/events'
import type { ReleaseHold } from './release-hold.ts'

/** Frees the stock of a cancelled order. */
export const releaseHoldSubscription = ({ releaseHold }: Readonly<{ releaseHold: ReleaseHold }>) =>
  subscribe(orderCancelled, (tx, { payload }) => releaseHold(tx, payload.order_id), { linger: true })
