import { subscribe } from '#platform/events'
import { orderFulfilled } from '#ordering/events'
import type { SellHold } from './sell-hold.ts'

/** Sells the held pieces of a fulfilled order. */
export const sellHoldSubscription = ({ sellHold }: Readonly<{ sellHold: SellHold }>) =>
  subscribe(orderFulfilled, (tx, { payload }) => sellHold(tx, payload.order_id), { linger: true })
